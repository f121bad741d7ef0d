package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.CallRecord;
import dev.tollgate.CallRecord.Outcome;
import dev.tollgate.Meter;
import dev.tollgate.providers.Protocol;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams are metered while they pass, whoever ends them. */
class MeteredStreamTest {

  private static final String ASK =
      "{\"model\":\"m\",\"stream\":true,\"max_tokens\":1000,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
  private static final String DELTA =
      "data: {\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"}}]}\n\n";
  private static final String STOP =
      "data: {\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  private static final String USAGE =
      "data: {\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":20}}\n\n";
  private static final String DONE = "data: [DONE]\n\n";

  private final AtomicReference<String> received = new AtomicReference<>("");
  private BodyServer server;

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private BodyServer start(GateServer.Page page) throws Exception {
    server = BodyServer.start(page, BodyServer.quota(Meter.TOKENS, 1_000_000_000));
    return server;
  }

  private void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
    received.set(new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    response.setContentType("text/event-stream");
  }

  private static void send(HttpServletResponse response, String events) throws IOException {
    response.getOutputStream().write(events.getBytes(StandardCharsets.UTF_8));
    response.flushBuffer();
  }

  private void whole(HttpServletRequest request, HttpServletResponse response) throws IOException {
    begin(request, response);
    for (int i = 0; i < 20; i++) {
      send(response, DELTA);
    }
    send(response, STOP + USAGE + DONE);
  }

  private CallRecord onlyCall() {
    await().atMost(Duration.ofSeconds(5)).until(() -> server.calls().size() == 1);
    assertThat(server.limit().held()).isZero();
    return server.calls().get(0);
  }

  @Test
  void theFirstByteArrivesBeforeTheLastIsWritten() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    AtomicReference<Boolean> inTime = new AtomicReference<>(false);
    start(
        (request, response) -> {
          begin(request, response);
          send(response, DELTA);
          try {
            inTime.set(arrived.await(10, TimeUnit.SECONDS));
          } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
          }
          send(response, STOP + USAGE + DONE);
        });
    HttpResponse<InputStream> answer =
        server
            .gate
            .client()
            .send(server.request(ASK).build(), HttpResponse.BodyHandlers.ofInputStream());
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    assertThat(lines.readLine()).isEqualTo(DELTA.strip());
    arrived.countDown();
    assertThat(lines.lines()).contains(DONE.strip());
    assertThat(inTime.get()).isTrue();
    assertThat(onlyCall().costNanoUsd()).isEqualTo(50_000);
  }

  @Test
  void theReportOfUsageIsHiddenFromAClientThatDidNotAsk() throws Exception {
    start(this::whole);
    HttpResponse<String> answer = server.post(ASK);
    assertThat(received.get()).contains("\"include_usage\":true");
    assertThat(answer.body()).isEqualTo(DELTA.repeat(20) + STOP + DONE);
    assertThat(answer.headers().firstValue("Tollgate-Cost-Reserved"))
        .hasValueSatisfying(cost -> assertThat(cost).startsWith("0.0020"));
    assertThat(answer.headers().firstValue("Tollgate-Cost")).isEmpty();
    CallRecord call = onlyCall();
    assertThat(call.outcome()).isEqualTo(Outcome.SETTLED);
    assertThat(call.outputTokens()).isEqualTo(20);
  }

  @Test
  void aClientThatAskedForUsageIsTold() throws Exception {
    start(this::whole);
    String ask =
        ASK.replace("\"stream\"", "\"stream_options\":{\"include_usage\":true},\"stream\"");
    assertThat(server.post(ask).body()).isEqualTo(DELTA.repeat(20) + STOP + USAGE + DONE);
  }

  @Test
  void aStreamThatReachesItsBoundIsEndedAsItsProtocolEnds() throws Exception {
    AtomicReference<String> failure = new AtomicReference<>("");
    start(
        (request, response) -> {
          begin(request, response);
          try {
            for (int i = 0; i < 1000; i++) {
              send(response, DELTA);
            }
          } catch (IOException cut) {
            failure.set(cut.getMessage());
            throw cut;
          }
        });
    String answer = server.post(ASK.replace("1000", "5")).body();
    assertThat(answer).contains("\"finish_reason\":\"length\"").endsWith(DONE);
    await().atMost(Duration.ofSeconds(5)).until(() -> failure.get().contains("reached its bound"));
    assertThat(onlyCall().outputTokens()).isEqualTo(5);
  }

  private static GateServer.Page streaming(String contentType, String... messages) {
    return (request, response) -> {
      response.setContentType(contentType);
      for (String message : messages) {
        send(response, message);
      }
    };
  }

  @Test
  void streamsOfAnthropicAreMetered() throws Exception {
    String[] events = {
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"m\","
          + "\"usage\":{\"input_tokens\":10,\"cache_read_input_tokens\":5,\"output_tokens\":1}}}\n\n",
      "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
          + "{\"type\":\"text_delta\",\"text\":\"Good day\"}}\n\n",
      "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":"
          + "\"end_turn\"},\"usage\":{\"output_tokens\":20}}\n\n",
      "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
    };
    server =
        BodyServer.start(
            streaming("text/event-stream", events),
            BodyServer.route(Protocol.ANTHROPIC),
            BodyServer.quota(Meter.TOKENS, 1_000_000));
    assertThat(server.post(ASK).body()).isEqualTo(String.join("", events));
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.SETTLED);
    assertThat(onlyCall().inputTokens()).isEqualTo(15);
    assertThat(onlyCall().outputTokens()).isEqualTo(20);
    server.close();

    server =
        BodyServer.start(
            streaming("text/event-stream", events[0], events[1]),
            BodyServer.route(Protocol.ANTHROPIC),
            BodyServer.quota(Meter.TOKENS, 1_000_000));
    server.post(ASK);
    assertThat(onlyCall().outcome()).as("it broke off").isEqualTo(Outcome.ESTIMATED);
    assertThat(onlyCall().outputTokens()).isEqualTo(1000);
  }

  @Test
  void streamsOfOllamaAreMetered() throws Exception {
    String[] lines = {
      "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Good\"},\"done\":false}\n",
      "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,"
          + "\"done_reason\":\"stop\",\"prompt_eval_count\":10,\"eval_count\":20}\n"
    };
    server =
        BodyServer.start(
            streaming("application/x-ndjson", lines),
            BodyServer.route(Protocol.OLLAMA),
            BodyServer.quota(Meter.TOKENS, 1_000_000));
    String ask = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    assertThat(server.post(ask).body()).isEqualTo(String.join("", lines));
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.SETTLED);
    assertThat(onlyCall().costNanoUsd()).isEqualTo(50_000);
  }

  @Test
  void aTruncatedStreamIsChargedAsReserved() throws Exception {
    start(
        (request, response) -> {
          begin(request, response);
          send(response, DELTA);
        });
    server.post(ASK);
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.ESTIMATED);
    assertThat(onlyCall().outputTokens()).isEqualTo(1000);
  }

  private void endless(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    begin(request, response);
    for (int i = 0; i < 100_000; i++) {
      send(response, DELTA);
    }
  }

  @Test
  void aClientThatResetsIsChargedForWhatWasProduced() throws Exception {
    start(this::endless);
    String ask = ASK.replace("\"m\"", "\"gpt-4o\"").replace("1000,", "1000000,");
    readThenReset("k", ask, 26 * DELTA.length());
    CallRecord call = onlyCall();
    assertThat(call.outcome()).isEqualTo(Outcome.ESTIMATED);
    assertThat(call.outputTokens()).isBetween(26L, 100_000L);
    assertThat(call.inputTokens()).isPositive();
    assertThat(call.costNanoUsd()).isPositive();
  }

  @Test
  void ofAModelThatMayReasonMoreMayHaveBeenProducedThanWasSeen() throws Exception {
    start(this::endless);
    readThenReset("k", ASK.replace("1000,", "1000000,"), 26 * DELTA.length());
    CallRecord call = onlyCall();
    assertThat(call.outcome()).isEqualTo(Outcome.ESTIMATED);
    assertThat(call.outputTokens()).isEqualTo(1_000_000);
  }

  @Test
  void noneOfAThousandRandomDisconnectsIsFree() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    start(
        (request, response) -> {
          begin(request, response);
          for (int i = 0; i < 200; i++) {
            send(response, DELTA);
          }
          send(response, STOP + USAGE + DONE);
        });
    Random random = new Random(seed);
    ExecutorService clients = Executors.newFixedThreadPool(8);
    List<Future<?>> sent = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      String key = "caller-" + i;
      int bytes = random.nextInt(8000);
      sent.add(clients.submit(() -> readThenReset(key, ASK, bytes)));
    }
    for (Future<?> each : sent) {
      each.get();
    }
    clients.shutdown();
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(charged(1000)).as("seed " + seed).isGreaterThan(900));
  }

  /** How many callers were charged: each once, and nothing of theirs is held any more. */
  private int charged(int callers) {
    int charged = 0;
    for (int i = 0; i < callers; i++) {
      var caller = BodyServer.caller("caller-" + i);
      List<CallRecord> calls = server.gate.tollgate.calls(caller);
      assertThat(calls).hasSizeLessThanOrEqualTo(1);
      assertThat(calls).allMatch(call -> call.costNanoUsd() > 0);
      assertThat(server.gate.tollgate.limits(caller, "chat").get(0).held()).isZero();
      charged += calls.size();
    }
    return charged;
  }

  /** Reads some bytes of an answer and closes the connection hard. */
  private Object readThenReset(String key, String ask, int bytes) throws IOException {
    try (Socket socket = server.gate.connect()) {
      socket.setSoTimeout(10_000);
      socket.setSoLinger(true, 0);
      String head =
          "POST "
              + BodyServer.PATH
              + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: "
              + key
              + "\r\nContent-Type: application/json\r\nContent-Length: "
              + ask.length()
              + "\r\n\r\n";
      socket.getOutputStream().write((head + ask).getBytes(StandardCharsets.UTF_8));
      socket.getInputStream().readNBytes(bytes);
      return key;
    }
  }
}
