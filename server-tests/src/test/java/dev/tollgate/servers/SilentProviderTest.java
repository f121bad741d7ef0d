package dev.tollgate.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A provider that begins to answer and then thinks: who leaves meanwhile is noticed all the same.
 */
class SilentProviderTest {

  private static final String CHUNK =
      "data: {\"object\":\"chat.completion.chunk\",\"model\":\"gpt-5-mini\",\"choices\":"
          + "[{\"index\":0,\"delta\":{\"content\":\"Well\"}}]}\n\n";
  private static final String ASK =
      "{\"model\":\"gpt-5-mini\",\"max_completion_tokens\":4000,\"stream\":true,"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

  private static final CountDownLatch OVER = new CountDownLatch(1);
  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static HttpServer provider;

  @BeforeAll
  static void open() throws IOException {
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.setExecutor(THREADS);
    provider.createContext("/", SilentProviderTest::begin);
    provider.start();
  }

  @AfterAll
  static void close() {
    OVER.countDown();
    provider.stop(0);
    THREADS.shutdown();
  }

  private static void begin(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(CHUNK.getBytes(UTF_8));
      exchange.getResponseBody().flush();
      OVER.await();
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @EnumSource(Server.class)
  void isLeftWithoutAHoldWithinSeconds(Server server) throws IOException {
    String url = "http://127.0.0.1:" + provider.getAddress().getPort() + "/v1";
    try (Instance instance =
        Instance.start(
            server,
            "silent-" + server,
            Map.of("sample.keys", "leaver:free", "sample.provider.url", url))) {
      readTheFirstChunkAndReset(instance);

      await()
          .atMost(ofSeconds(5))
          .untilAsserted(() -> assertSettled(instance.client().usage("leaver")));
    }
  }

  private static void readTheFirstChunkAndReset(Instance instance) throws IOException {
    try (Socket socket = new Socket(instance.address().getHost(), instance.address().getPort())) {
      socket.setSoLinger(true, 0);
      socket.setSoTimeout(30_000);
      String head =
          "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nX-API-Key: leaver\r\n"
              + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n";
      socket.getOutputStream().write((head.formatted(ASK.length()) + ASK).getBytes(UTF_8));
      InputStream answer = socket.getInputStream();
      StringBuilder read = new StringBuilder();
      while (read.indexOf("Well") < 0) {
        int next = answer.read();
        assertThat(next).as("what follows %s", read).isNotNegative();
        read.append((char) next);
      }
      assertThat(held(instance.client().usage("leaver"))).isPositive();
    }
  }

  private static void assertSettled(JsonNode usage) {
    assertThat(usage.path("calls")).as(usage.toString()).hasSize(1);
    JsonNode call = usage.path("calls").path(0);
    assertThat(call.path("estimated").asBoolean()).isTrue();
    assertThat(call.path("outputTokens").asLong()).isBetween(1L, 10L);
    assertThat(held(usage)).isZero();
  }

  private static BigDecimal held(JsonNode usage) {
    return usage.path("limits").findValuesAsText("held").stream()
        .map(BigDecimal::new)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
