package dev.tollgate.providers;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The one method of HTTP that {@link java.net.HttpURLConnection} does not have. The client's own
 * thread ends with the call; before JDK 21, which cannot close a client, with the next garbage
 * collection.
 */
final class Patch {

  private Patch() {}

  /**
   * The status of the answer.
   *
   * @param patience its silence is not bounded apart from the whole
   */
  static int send(URI uri, Map<String, String> headers, String body, AdminApi.Patience patience)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    ExecutorService executor = Executors.newSingleThreadExecutor();
    HttpClient client =
        HttpClient.newBuilder()
            .executor(executor)
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofMillis(patience.connect()))
            .build();
    try {
      return status(
          client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding()),
          patience.whole());
    } finally {
      close(client);
      executor.shutdownNow();
    }
  }

  private static int status(CompletableFuture<HttpResponse<Void>> answer, int millis)
      throws IOException {
    try {
      return answer.get(millis, TimeUnit.MILLISECONDS).statusCode();
    } catch (ExecutionException failed) {
      throw new IOException(String.valueOf(failed.getCause()), failed);
    } catch (TimeoutException late) {
      answer.cancel(true);
      throw new SocketTimeoutException("took longer than " + millis + " ms");
    } catch (InterruptedException ended) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("was told to end");
    }
  }

  private static void close(Object client) {
    if (client instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception impossible) {
        throw new AssertionError("a client's close throws nothing", impossible);
      }
    }
  }
}
