package dev.tollgate.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A provider that answers at once, in OpenAI's words and in Anthropic's, and keeps count of what it
 * has done. It reads requests as strictly as can be, and notes what it would have misunderstood.
 * Thread-safe.
 */
final class ProviderStandIn implements AutoCloseable {

  /** The provider's own key. */
  static final String KEY = "provider-key-93be";

  /** Asked this, it refuses the key that it was shown, and repeats it. */
  static final String FORBIDDEN_QUESTION = "What is my key?";

  /** Asked this, it begins to answer, and then thinks until it is closed. */
  static final String HARD_QUESTION = "What is the meaning of it all?";

  /** Asked this, it says a word ten times a second until nobody listens. */
  static final String ENDLESS_QUESTION = "What are the digits of pi?";

  /** Asked this, it says as OpenAI does that the account has no money left. */
  static final String SPENT_QUESTION = "Is there any money left?";

  private static final String SPENT =
      """
      {
          "error": {
              "message": "You exceeded your current quota, please check your plan and billing \
      details. For more information on this error, read the docs: \
      https://platform.openai.com/docs/guides/error-codes/api-errors.",
              "type": "insufficient_quota",
              "param": null,
              "code": "insufficient_quota"
          }
      }
      """;

  private static final int PAUSE_MILLIS = 100;

  private static final String BEGINNING =
      "data: {\"object\":\"chat.completion.chunk\",\"model\":\"gpt-5-mini\",\"choices\":"
          + "[{\"index\":0,\"delta\":{\"content\":\"Well\"}}]}\n\n";

  private static final long INPUT = 7;
  private static final long OUTPUT = 5;

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final String key;
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong tokens = new AtomicLong();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<String> faults = new CopyOnWriteArrayList<>();

  private ProviderStandIn(HttpServer server, String key) {
    this.server = server;
    this.key = key;
  }

  /** Opens one at a free port of the loopback interface. */
  static ProviderStandIn open() throws IOException {
    return open(KEY);
  }

  /**
   * Opens one that expects another key.
   *
   * @param key without which a request is at fault
   */
  static ProviderStandIn open(String key) throws IOException {
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ProviderStandIn provider = new ProviderStandIn(HttpServer.create(anywhere, 0), key);
    provider.server.setExecutor(provider.threads);
    provider.server.createContext("/v1/", provider::answer);
    provider.server.start();
    return provider;
  }

  /** What the sample's {@code sample.provider.url} has to be. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /** Calls so far. */
  long calls() {
    return calls.get();
  }

  /** Tokens that were used so far, as the answers told. */
  long tokens() {
    return tokens.get();
  }

  /** What was wrong with requests: nothing, where the application does what it should. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      calls.incrementAndGet();
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      if (body.contains(HARD_QUESTION) || body.contains(ENDLESS_QUESTION)) {
        talk(exchange, body.contains(ENDLESS_QUESTION) ? PAUSE_MILLIS : Integer.MAX_VALUE);
        return;
      }
      if (body.contains(FORBIDDEN_QUESTION)) {
        send(
            exchange,
            401,
            "application/json",
            "{\"error\":{\"message\":\"wrong key: " + keys(exchange) + "\"}}");
        return;
      }
      if (body.contains(SPENT_QUESTION)) {
        send(exchange, 429, "application/json; charset=utf-8", SPENT);
        return;
      }
      boolean messages = exchange.getRequestURI().getPath().equals("/v1/messages");
      JsonNode asked = read(exchange, body);
      long choices = messages ? 1 : asked.path("n").asLong(1);
      long output = OUTPUT * choices;
      tokens.addAndGet(INPUT + output);
      boolean streams = asked.path("stream").asBoolean();
      String answer = messages ? message(output, streams) : completion(output, streams);
      send(exchange, 200, streams ? "text/event-stream" : "application/json", answer);
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String answer)
      throws IOException {
    byte[] bytes = answer.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static String keys(HttpExchange exchange) {
    return exchange.getRequestHeaders().getFirst("Authorization")
        + exchange.getRequestHeaders().getFirst("x-api-key");
  }

  private void talk(HttpExchange exchange, int pauseMillis) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try {
      do {
        exchange.getResponseBody().write(BEGINNING.getBytes(UTF_8));
        exchange.getResponseBody().flush();
      } while (!closed.await(pauseMillis, TimeUnit.MILLISECONDS));
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  private JsonNode read(HttpExchange exchange, String body) throws IOException {
    String target = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    if (!target.equals("POST /v1/messages") && !target.equals("POST /v1/chat/completions")) {
      faults.add("an unknown resource: " + target);
    }
    String head = exchange.getRequestHeaders().values().toString();
    if (head.contains(Hostile.KEY) || head.contains(Hostile.VICTIM_KEY) || !head.contains(key)) {
      faults.add("the wrong key: " + head);
    }
    try {
      JsonNode asked = STRICT.readTree(body);
      boolean bounded =
          List.of("max_tokens", "max_completion_tokens").stream()
              .anyMatch(field -> asked.path(field).asLong(0) > 0);
      if (!bounded) {
        faults.add("no bound on the output: " + body);
      }
      return asked;
    } catch (IOException doubtful) {
      faults.add("read in two ways: " + doubtful.getMessage());
      throw doubtful;
    }
  }

  private static String completion(long output, boolean streams) {
    String usage =
        "\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}"
            .formatted(INPUT, output, INPUT + output);
    String part = "\"index\":0,\"%s\":{\"role\":\"assistant\",\"content\":\"Well.\"}";
    return streams
        ? "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{"
            + part.formatted("delta")
            + "}]}\n\ndata: {\"object\":\"chat.completion.chunk\",\"choices\":[],"
            + usage
            + "}\n\ndata: [DONE]\n\n"
        : "{\"object\":\"chat.completion\",\"choices\":[{"
            + part.formatted("message")
            + ",\"finish_reason\":\"stop\"}],"
            + usage
            + "}";
  }

  private static String message(long output, boolean streams) {
    String start =
        "\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[%s],\"usage\":"
            + "{\"input_tokens\":"
            + INPUT
            + ",\"output_tokens\":%d}";
    return streams
        ? "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{"
            + start.formatted("", 0)
            + "}}\n\nevent: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":"
            + "{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":"
            + output
            + "}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
        : "{"
            + start.formatted("{\"type\":\"text\",\"text\":\"Well.\"}", output)
            + ",\"stop_reason\":\"end_turn\"}";
  }
}
