package dev.tollgate.sample;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.TokenCounter;
import dev.tollgate.Usage;
import dev.tollgate.sample.ProviderException.Refusal;
import dev.tollgate.sample.SampleSettings.ProviderSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Any server that speaks OpenAI's chat completions. What is passed through may be in any dialect
 * that the server knows.
 *
 * <p>Thread-safe. It owns at most {@link #THREADS} daemon threads, which end with {@link #close}.
 */
final class OpenAiProvider implements Provider {

  static final int MAX_ANSWER_BYTES = 4 * 1024 * 1024;
  static final int THREADS = 4;

  /**
   * What callers need to read an answer and to come back in time. A provider's rate limits are not
   * the caller's, and its cookies are nobody's.
   */
  private static final List<String> REPLY_HEADERS =
      List.of(
          "Content-Type",
          "Retry-After",
          "retry-after-ms",
          "x-should-retry",
          "x-request-id",
          "request-id");

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final ProviderSettings.OpenAi settings;
  private final ExecutorService threads;
  private final HttpClient client;

  OpenAiProvider(ProviderSettings.OpenAi settings) {
    this.settings = settings;
    this.threads = Executors.newFixedThreadPool(THREADS, OpenAiProvider::newThread);
    this.client = newClient(threads);
  }

  private static Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "sample-provider");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * The client keeps a thread until it is collected, with the context class loader it found: not
   * the application's, which must go with the application.
   */
  private static HttpClient newClient(ExecutorService threads) {
    Thread current = Thread.currentThread();
    ClassLoader application = current.getContextClassLoader();
    current.setContextClassLoader(ClassLoader.getSystemClassLoader());
    try {
      return HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .executor(threads)
          .build();
    } finally {
      current.setContextClassLoader(application);
    }
  }

  @Override
  public Completion complete(String prompt, int maxTokens, String model) throws ProviderException {
    HttpResponse<byte[]> response = send(request(prompt, maxTokens, model));
    int status = response.statusCode();
    if (status >= 500) {
      throw ProviderException.maybeBilled("the provider answered with status " + status);
    }
    if (status != 200) {
      throw ProviderException.refused(
          new Refusal(
              status,
              response.headers().firstValue("Retry-After"),
              new String(response.body(), StandardCharsets.UTF_8)));
    }
    JsonNode body = json(response.body());
    JsonNode text = body.path("choices").path(0).path("message").path("content");
    if (!text.isTextual()) {
      throw ProviderException.maybeBilled("the provider's answer has no text");
    }
    JsonNode usage = body.path("usage");
    Usage most = Usage.of(TokenCounter.APPROXIMATE.count(prompt), maxTokens);
    boolean reported = usage.path("prompt_tokens").isNumber();
    return new Completion(text.textValue(), reported ? usage(usage) : most, reported);
  }

  @Override
  public CompletableFuture<ProviderReply> pass(ProviderRequest asked) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.resource(asked.dialect().resource()))
            .timeout(settings.timeout())
            .header("Content-Type", Json.TYPE);
    asked.headers().forEach(request::header);
    showKey(asked.dialect(), request);
    request.POST(BodyPublishers.ofByteArray(asked.body()));
    CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> response =
        client.sendAsync(request.build(), BodyHandlers.ofPublisher());
    CompletableFuture<ProviderReply> reply = response.thenApply(OpenAiProvider::reply);
    // The response does not know of what is made from it; once it is here this changes nothing.
    reply.whenComplete((answer, failure) -> response.cancel(true));
    return reply;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private HttpRequest request(String prompt, int maxTokens, String model) throws ProviderException {
    ObjectNode body = Json.object().put("model", model);
    body.putArray("messages").addObject().put("role", "user").put("content", prompt);
    body.put(settings.maxTokensField(), maxTokens);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.resource(Dialect.OPENAI.resource()))
            .timeout(settings.timeout())
            .header("Content-Type", Json.TYPE)
            .header("Accept", Json.TYPE);
    showKey(Dialect.OPENAI, request);
    try {
      return request.POST(BodyPublishers.ofByteArray(Json.bytes(body))).build();
    } catch (IOException unwritable) {
      throw ProviderException.notBilled("the prompt cannot be written as JSON");
    }
  }

  private void showKey(Dialect dialect, HttpRequest.Builder request) {
    if (!settings.key().isEmpty()) {
      dialect.credentials(settings.key()).forEach(request::header);
    }
  }

  private static ProviderReply reply(HttpResponse<Flow.Publisher<List<ByteBuffer>>> response) {
    Map<String, String> headers = new TreeMap<>();
    for (String name : REPLY_HEADERS) {
      response.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
    }
    return new ProviderReply(response.statusCode(), headers, response.body());
  }

  /** The request's own timeout ends with the headers; this one holds for the whole answer. */
  private HttpResponse<byte[]> send(HttpRequest request) throws ProviderException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, info -> new BoundedBody(MAX_ANSWER_BYTES));
    try {
      return answer.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw failure(failed.getCause());
    } catch (TimeoutException late) {
      answer.cancel(true);
      throw ProviderException.maybeBilled("the provider did not answer in time");
    } catch (InterruptedException interrupted) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw ProviderException.maybeBilled("the call was interrupted");
    }
  }

  private static ProviderException failure(@Nullable Throwable cause) {
    return cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
        ? ProviderException.notBilled("the provider cannot be reached")
        : ProviderException.maybeBilled("the provider's answer broke off");
  }

  private static JsonNode json(byte[] body) throws ProviderException {
    try {
      return Json.read(body);
    } catch (IOException malformed) {
      throw ProviderException.maybeBilled("the provider's answer is no JSON");
    }
  }

  private static Usage usage(JsonNode usage) {
    return new Usage(
        count(usage.path("prompt_tokens"), -1),
        count(usage.path("prompt_tokens_details").path("cached_tokens"), 0),
        0,
        count(usage.path("completion_tokens"), -1),
        count(usage.path("completion_tokens_details").path("reasoning_tokens"), 0));
  }

  /** A count as it is, {@code missing} for what is none. */
  private static long count(JsonNode value, long missing) {
    return value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : missing;
  }
}
