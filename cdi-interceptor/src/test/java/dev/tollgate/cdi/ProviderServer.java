package dev.tollgate.cdi;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A provider on a free port of this machine: answers with what it was given, in turn. */
final class ProviderServer implements AutoCloseable {

  private record Answer(
      int status, Map<String, String> headers, List<String> parts, CountDownLatch rest) {}

  private static final Map<String, String> STREAM = Map.of("Content-Type", "text/event-stream");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final HttpServer server;

  ProviderServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /** Answers with a body. */
  void answers(int status, String json) {
    answers(status, json, Map.of());
  }

  /** Answers with a body and further headers. */
  void answers(int status, String json, Map<String, String> further) {
    Map<String, String> headers = new HashMap<>(further);
    headers.put("Content-Type", "application/json");
    add(new Answer(status, headers, List.of(json), new CountDownLatch(0)));
  }

  /** Answers with events, each an OpenAI {@code data} line. */
  void streams(String... events) {
    streamsUntil(new CountDownLatch(0), events);
  }

  /** Answers with the first event, and with the others when the latch is open. */
  void streamsUntil(CountDownLatch rest, String... events) {
    List<String> parts =
        java.util.Arrays.stream(events).map(event -> "data: " + event + "\n\n").toList();
    add(new Answer(200, STREAM, parts, rest));
  }

  /** Answers with events as Anthropic names them: by their type. */
  void streamsNamed(String... events) {
    List<String> parts =
        java.util.Arrays.stream(events)
            .map(event -> "event: " + type(event) + "\ndata: " + event + "\n\n")
            .toList();
    add(new Answer(200, STREAM, parts, new CountDownLatch(0)));
  }

  private static String type(String event) {
    int start = event.indexOf("\"type\":\"") + 8;
    return event.substring(start, event.indexOf('"', start));
  }

  private void add(Answer answer) {
    answers.add(answer);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      Answer answer = answers.remove();
      answer.headers().forEach(exchange.getResponseHeaders()::add);
      exchange.sendResponseHeaders(answer.status(), 0);
      OutputStream body = exchange.getResponseBody();
      write(body, answer.parts().get(0));
      answer.rest().await(10, TimeUnit.SECONDS);
      for (String part : answer.parts().subList(1, answer.parts().size())) {
        write(body, part);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(OutputStream body, String part) throws IOException {
    body.write(part.getBytes(StandardCharsets.UTF_8));
    body.flush();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
