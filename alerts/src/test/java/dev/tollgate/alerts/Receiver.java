package dev.tollgate.alerts;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server that takes what is posted to it, and answers as it is told. Thread-safe. */
final class Receiver implements AutoCloseable {

  /** What was posted, with its headers by their names in lower case. */
  record Post(String path, Map<String, String> headers, byte[] body) {}

  final List<Post> posts = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private volatile int status = 202;
  private volatile Map<String, String> headers = Map.of();

  Receiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.setExecutor(threads);
    server.createContext("/", this::take);
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    Map<String, String> names = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> names.put(name.toLowerCase(java.util.Locale.ROOT), values.get(0)));
    posts.add(
        new Post(
            exchange.getRequestURI().toString(), names, exchange.getRequestBody().readAllBytes()));
    headers.forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  void answer(int newStatus, Map<String, String> newHeaders) {
    headers = newHeaders;
    status = newStatus;
  }

  String address(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
