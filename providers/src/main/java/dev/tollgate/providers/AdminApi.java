package dev.tollgate.providers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a provider's API that a secret administration key opens. Never follows a redirect, so
 * that the key goes nowhere else; never tells the key, nor what the provider writes about it.
 *
 * <p>Immutable, thread-safe. Leaves no thread and no connection behind, but for {@link #patch}.
 */
final class AdminApi {

  /** A longer answer is refused: 4 MiB. */
  static final int MAX_BYTES = 4 << 20;

  /**
   * How long to wait, in milliseconds.
   *
   * @param connect until connected
   * @param silence while nothing comes
   * @param whole for a whole answer
   */
  record Patience(int connect, int silence, int whole) {

    static final Patience DEFAULT = new Patience(5_000, 10_000, 30_000);
  }

  private record Answer(int status, byte[] body) {}

  /** An error's own name, such as {@code invalid_api_key}: nothing else of an error is shown. */
  private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+( [\\x21-\\x7e]+)?");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{0,256}");

  private final String base;
  private final Map<String, String> headers;
  private final Patience patience;

  /**
   * @param base of scheme {@code http} or {@code https}, up to the version, without a query
   * @param headers sent with each request, the key's among them
   * @throws IllegalArgumentException when a header has characters that headers cannot have
   */
  AdminApi(URI base, Map<String, String> headers, Patience patience) {
    this.base = base.toString().replaceFirst("/+$", "");
    this.headers = Map.copyOf(headers);
    this.patience = patience;
    if (!headers.values().stream().allMatch(value -> VISIBLE.matcher(value).matches())) {
      throw new IllegalArgumentException("has characters other than visible ASCII");
    }
  }

  /** An API that takes the key as a bearer token. */
  static AdminApi bearer(URI base, String key, Patience patience) {
    return new AdminApi(base, Map.of("Authorization", "Bearer " + key), patience);
  }

  /**
   * @throws IllegalArgumentException when a name is not made of what names in addresses are made of
   */
  static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "has only letters, digits, '.', '-' and '_', and at most 256 of them");
    }
  }

  /**
   * @param query encoded; empty for none
   */
  JsonNode get(String path, String query) throws ProviderApiException {
    Answer answer = exchange("GET", path, query, "");
    requireSuccess(path, answer);
    return json(path, answer);
  }

  /** The resource; empty if there is none. */
  Optional<JsonNode> find(String path, String query) throws ProviderApiException {
    Answer answer = exchange("GET", path, query, "");
    if (answer.status() == HttpURLConnection.HTTP_NOT_FOUND) {
      return Optional.empty();
    }
    requireSuccess(path, answer);
    return Optional.of(json(path, answer));
  }

  void post(String path, String body) throws ProviderApiException {
    requireSuccess(path, exchange("POST", path, "", body));
  }

  void patch(String path, String body) throws ProviderApiException {
    try {
      int status = Patch.send(URI.create(base + path), headers, body, patience);
      requireSuccess(path, new Answer(status, new byte[0]));
    } catch (IOException failed) {
      throw failure(path, failed.toString(), failed);
    }
  }

  private Answer exchange(String method, String path, String query, String body)
      throws ProviderApiException {
    try {
      return exchange(method, URI.create(base + path + (query.isEmpty() ? "" : "?" + query)), body);
    } catch (IOException failed) {
      throw failure(path, failed.toString(), failed);
    }
  }

  private Answer exchange(String method, URI uri, String body) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("was told to end");
    }
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    try {
      connection.setConnectTimeout(patience.connect());
      connection.setReadTimeout(patience.silence());
      connection.setUseCaches(false);
      connection.setInstanceFollowRedirects(false);
      connection.setRequestMethod(method);
      connection.setRequestProperty("Accept", "application/json");
      connection.setRequestProperty("Connection", "close");
      headers.forEach(connection::setRequestProperty);
      if (!body.isEmpty()) {
        send(connection, body);
      }
      return answer(connection);
    } finally {
      connection.disconnect();
    }
  }

  private static void send(HttpURLConnection connection, String body) throws IOException {
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/json");
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body.getBytes(StandardCharsets.UTF_8));
    }
  }

  private Answer answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    try (InputStream body = body(connection, status)) {
      return new Answer(status, HttpBody.read(body, MAX_BYTES, patience.whole()));
    }
  }

  private static InputStream body(HttpURLConnection connection, int status) throws IOException {
    if (status < 400) {
      return connection.getInputStream();
    }
    InputStream error = connection.getErrorStream();
    return error == null ? InputStream.nullInputStream() : error;
  }

  private void requireSuccess(String path, Answer answer) throws ProviderApiException {
    int status = answer.status();
    if (status / 100 == 2) {
      return;
    }
    String reason =
        switch (status) {
          case 401 -> "does not accept the key; it takes an administration key";
          case 403 -> "does not allow this to the key; give it the permission or take another key";
          case 404 -> "has no such thing; correct the address or the name";
          case 429 -> "was asked too often";
          default -> "did not do it";
        };
    throw failure(path, reason + " (status " + status + code(answer) + ")", null);
  }

  /** The error's code as OpenAI has it, or its type as Anthropic has it. */
  private static String code(Answer answer) {
    JsonNode error = Json.lenient(answer.body(), 0, answer.body().length).path("error");
    String code = Json.first(error, "code", "type").asText();
    return CODE.matcher(code).matches() ? ", " + code : "";
  }

  private JsonNode json(String path, Answer answer) throws ProviderApiException {
    try {
      JsonNode read = Json.read(answer.body(), 0, answer.body().length);
      if (read.isObject()) {
        return read;
      }
      throw malformed(path, "is no JSON object");
    } catch (JsonProcessingException malformed) {
      throw failure(path, "its answer is no JSON", malformed);
    }
  }

  /** The error for an answer that does not say what such answers say. */
  ProviderApiException malformed(String path, String what) {
    return failure(path, "its answer " + what, null);
  }

  private ProviderApiException failure(String path, String reason, @Nullable Throwable cause) {
    String message = base + path + ": " + reason;
    return cause == null
        ? new ProviderApiException(message)
        : new ProviderApiException(message, cause);
  }
}
