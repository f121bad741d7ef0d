package dev.tollgate.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.Usage;
import dev.tollgate.sample.SampleSettings.ProviderSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiProviderTest {

  private record Received(String path, String authorization, JsonNode body) {}

  private interface Reply {
    void to(HttpExchange exchange) throws IOException;
  }

  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private volatile Reply reply;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void asksAsOpenAiWantsToBeAsked() throws Exception {
    reply = json(200, completion("Hi", "{\"prompt_tokens\":9,\"completion_tokens\":2}"));
    complete("sk-test", "max_completion_tokens");
    Received request = received.take();
    assertThat(request.path()).isEqualTo("/v1/chat/completions");
    assertThat(request.authorization()).isEqualTo("Bearer sk-test");
    assertThat(request.body())
        .isEqualTo(
            Json.read(
                """
                {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Grüße 🙂"}],
                 "max_completion_tokens": 64}
                """
                    .getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void asksOlderServersWithMaxTokensAndWithoutAKey() throws Exception {
    reply = json(200, completion("Hi", "{\"prompt_tokens\":9,\"completion_tokens\":2}"));
    complete("", "max_tokens");
    Received request = received.take();
    assertThat(request.authorization()).isNull();
    assertThat(request.body().path("max_tokens").intValue()).isEqualTo(64);
    assertThat(request.body().has("max_completion_tokens")).isFalse();
  }

  @Test
  void readsTheAnswerAndItsUsage() throws Exception {
    reply =
        json(
            200,
            completion(
                "Guten Tag",
                """
                {"prompt_tokens": 1200, "completion_tokens": 40, "total_tokens": 1240,
                 "prompt_tokens_details": {"cached_tokens": 1024, "audio_tokens": 0},
                 "completion_tokens_details": {"reasoning_tokens": 30}}
                """));
    assertThat(complete())
        .isEqualTo(new Completion("Guten Tag", new Usage(1200, 1024, 0, 40, 30), true));
  }

  @Test
  void takesTheMostPossibleWhereNoUsageIsReported() throws Exception {
    reply = json(200, completion("Hi", "null"));
    assertThat(complete()).isEqualTo(new Completion("Hi", Usage.of(3, 64), false));
  }

  @Test
  void leavesAUsageThatMakesNoSenseToTheEngine() throws Exception {
    reply = json(200, completion("Hi", "{\"prompt_tokens\":-5,\"completion_tokens\":1e30}"));
    assertThat(complete().usage()).isEqualTo(Usage.of(-5, -1));
    assertThat(complete().reported()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 400, 401, 404, 429})
  void isNotBilledWhenRefused(int status) {
    reply = json(status, "{\"error\":{\"message\":\"secret\"}}");
    assertFails("the provider refused with status " + status, false);
  }

  @Test
  void keepsWhatARefusalTellsForTheEngine() {
    String body = "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"Grüße\"}}";
    reply =
        exchange -> {
          exchange.getResponseHeaders().set("Retry-After", "7");
          json(429, body).to(exchange);
        };
    assertThatExceptionOfType(ProviderException.class)
        .isThrownBy(this::complete)
        .satisfies(
            failed ->
                assertThat(failed.refusal())
                    .contains(new ProviderException.Refusal(429, Optional.of("7"), body)));
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503})
  void mayBeBilledWhenTheProviderFails(int status) {
    reply = json(status, "oops");
    assertFails("the provider answered with status " + status, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Hello", "{\"choices\":[", "{\"choices\":[],\"choices\":[]}"})
  void mayBeBilledForAnAnswerThatIsNoJson(String body) {
    reply = json(200, body);
    assertThatExceptionOfType(ProviderException.class)
        .isThrownBy(this::complete)
        .satisfies(failed -> assertThat(failed.isBilled()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"choices\":[]}",
        "{\"choices\":[{\"message\":{\"content\":null}}]}"
      })
  void mayBeBilledForAnAnswerWithoutText(String body) {
    reply = json(200, body);
    assertFails("the provider's answer has no text", true);
  }

  @Test
  void readsNoMoreThanFourMebibytes() {
    reply =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] mebibyte = new byte[1024 * 1024];
          for (int i = 0; i < 64; i++) {
            exchange.getResponseBody().write(mebibyte);
          }
        };
    assertFails("the provider's answer broke off", true);
  }

  @Test
  void waitsNoLongerThanItsTimeoutForAnAnswerThatDripsIn() {
    reply =
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
        };
    assertThatExceptionOfType(ProviderException.class)
        .isThrownBy(() -> complete("", "max_tokens", Duration.ofMillis(300)))
        .withMessage("the provider did not answer in time")
        .satisfies(failed -> assertThat(failed.isBilled()).isTrue());
  }

  @Test
  void isNotBilledWhenTheProviderCannotBeReached() {
    server.stop(0);
    assertFails("the provider cannot be reached", false);
  }

  @Test
  void leavesNoWorkerBehind() throws Exception {
    reply = json(200, completion("Hi", "null"));
    complete();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("sample-provider")) {
        thread.join(5000);
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    received.add(
        new Received(
            exchange.getRequestURI().toString(),
            exchange.getRequestHeaders().getFirst("Authorization"),
            Json.read(exchange.getRequestBody().readAllBytes())));
    reply.to(exchange);
  }

  private static Reply json(int status, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    };
  }

  private static String completion(String text, String usage) {
    return """
        {"id": "chatcmpl-1", "object": "chat.completion", "created": 1767225600,
         "model": "gpt-5-mini-2025-08-07", "choices": [{"index": 0, "finish_reason": "stop",
         "message": {"role": "assistant", "content": "%s", "refusal": null}}], "usage": %s}
        """
        .formatted(text, usage);
  }

  private void assertFails(String message, boolean billed) {
    assertThatExceptionOfType(ProviderException.class)
        .isThrownBy(this::complete)
        .withMessage(message)
        .satisfies(failed -> assertThat(failed.isBilled()).isEqualTo(billed));
  }

  private Completion complete() throws ProviderException {
    return complete("", "max_completion_tokens");
  }

  private Completion complete(String key, String maxTokensField) throws ProviderException {
    return complete(key, maxTokensField, Duration.ofSeconds(20));
  }

  private Completion complete(String key, String maxTokensField, Duration timeout)
      throws ProviderException {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    try (Provider provider =
        new OpenAiProvider(new ProviderSettings.OpenAi(url, key, maxTokensField, timeout))) {
      return provider.complete("Grüße 🙂", 64, "gpt-5-mini");
    }
  }
}
