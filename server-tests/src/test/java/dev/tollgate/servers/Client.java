package dev.tollgate.servers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Speaks HTTP to the sample. Safe for use by several threads. */
final class Client {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI base;

  Client(URI base) {
    this.base = base;
  }

  /**
   * Sends a GET.
   *
   * @param headers names and values, in turns
   */
  Reply get(String path, String... headers) {
    return send(request(path, headers).GET());
  }

  /**
   * Sends a POST of JSON.
   *
   * @param headers names and values, in turns
   */
  Reply post(String path, String body, String... headers) {
    return send(json(path, body, headers));
  }

  /**
   * Sends a POST of JSON and reads the first lines of the answer, then leaves without the rest.
   *
   * @param headers names and values, in turns
   */
  List<String> glimpse(String path, String body, int lines, String... headers) {
    HttpRequest request = json(path, body, headers).build();
    try (Stream<String> answer = http.send(request, BodyHandlers.ofLines()).body()) {
      return answer.limit(lines).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + base, e);
    }
  }

  /** Asks the chat one question as the caller with the key. */
  Reply chat(String key) {
    return send(question(key));
  }

  /** Asks many questions at once as the caller with the key, through each client in turn. */
  static List<Reply> crowd(List<Client> clients, String key, int questions) {
    return together(clients, questions, client -> client.question(key));
  }

  /** Sends the same POST of JSON many times at once, through each client in turn. */
  static List<Reply> crowd(
      List<Client> clients, int times, String path, String body, String... headers) {
    return together(clients, times, client -> client.json(path, body, headers));
  }

  private static List<Reply> together(
      List<Client> clients, int times, Function<Client, HttpRequest.Builder> request) {
    List<CompletableFuture<Reply>> replies =
        IntStream.range(0, times)
            .mapToObj(time -> clients.get(time % clients.size()))
            .map(client -> client.later(request.apply(client)))
            .toList();
    return replies.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<Reply> later(HttpRequest.Builder request) {
    return http.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(Reply::of);
  }

  /** The caller's own usage, as JSON. */
  JsonNode usage(String key) {
    return get("/tollgate/usage", "X-API-Key", key, "Accept", "application/json").json();
  }

  /** What every limit of the caller has used and holds, and the ids of the caller's calls. */
  List<String> charges(String key) {
    JsonNode usage = usage(key);
    List<String> charges = new ArrayList<>();
    usage.path("limits").forEach(limit -> charges.add(limit.path("name").asText()));
    charges.addAll(usage.path("limits").findValuesAsText("used"));
    charges.addAll(usage.path("limits").findValuesAsText("held"));
    charges.addAll(usage.path("calls").findValuesAsText("id"));
    return charges;
  }

  private HttpRequest.Builder question(String key) {
    return json(
        "/api/chat", "{\"prompt\":\"What is a tollgate?\",\"maxTokens\":50}", "X-API-Key", key);
  }

  private HttpRequest.Builder json(String path, String body, String... headers) {
    return request(path, headers)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(ANSWER);
    return headers.length == 0 ? request : request.headers(headers);
  }

  private Reply send(HttpRequest.Builder request) {
    try {
      return Reply.of(http.send(request.build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + base, e);
    }
  }

  /** An answer. */
  record Reply(int status, HttpHeaders headers, String body) {

    static Reply of(HttpResponse<String> response) {
      return new Reply(response.statusCode(), response.headers(), response.body());
    }

    /** The body as JSON; fails if it is none. */
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new AssertionError("Not JSON: " + this, e);
      }
    }

    /** The header's first value, empty if it was not sent. */
    String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }
}
