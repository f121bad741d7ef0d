package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.CallRecord;
import dev.tollgate.CallRecord.Outcome;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Priority;
import dev.tollgate.Reservation;
import dev.tollgate.Restriction;
import dev.tollgate.Usage;
import dev.tollgate.config.CallDefaults;
import dev.tollgate.config.CostSource;
import dev.tollgate.config.ErrorFormat;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.providers.Protocol;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that are not streamed are estimated from their bodies and charged by their answers. */
class MeteredBodyTest {

  private static final String ASK =
      "{\"model\":\"m\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

  private final AtomicReference<String> received = new AtomicReference<>("");
  private BodyServer server;

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private BodyServer start(GateServer.Page page) throws Exception {
    server = BodyServer.start(page, BodyServer.quota(Meter.TOKENS, 100_000));
    return server;
  }

  private static String answer(String usage) {
    return "{\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":"
        + "{\"role\":\"assistant\",\"content\":\"Good day\"},\"finish_reason\":\"stop\"}]"
        + usage
        + "}";
  }

  private static String usage(long input, long output) {
    return ",\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}".formatted(input, output);
  }

  private GateServer.Page answering(int status, String body) {
    return (request, response) -> answer(request, response, status, body);
  }

  private void answer(
      HttpServletRequest request, HttpServletResponse response, int status, String body)
      throws IOException {
    received.set(new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setContentType("application/json");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }

  private CallRecord onlyCall() {
    assertThat(server.calls()).hasSize(1);
    assertThat(server.limit().held()).isZero();
    return server.calls().get(0);
  }

  @Test
  void aCallIsChargedWhatItsAnswerReports() throws Exception {
    start(answering(200, answer(usage(10, 20))));
    HttpResponse<String> answer = server.post(ASK);
    assertThat(answer.body()).isEqualTo(answer(usage(10, 20)));
    assertThat(answer.headers().firstValue("Tollgate-Cost")).contains("0.00005");
    assertThat(answer.headers().firstValue("RateLimit")).isPresent();
    assertThat(received.get()).isEqualTo(ASK);
    CallRecord call = onlyCall();
    assertThat(call.outcome()).isEqualTo(Outcome.SETTLED);
    assertThat(call.model()).isEqualTo("m");
    assertThat(call.costNanoUsd()).isEqualTo(50_000);
    assertThat(server.limit().used()).isEqualTo(30);
  }

  @Test
  void anAnswerWrittenAsTextIsReadAndToldItsCost() throws Exception {
    start(
        (request, response) -> {
          assertThat(request.getReader().readLine()).isEqualTo(ASK);
          response.setContentType("application/json;charset=utf-8");
          response.getWriter().print(answer(usage(10, 20)));
        });
    HttpResponse<String> answer = server.post(ASK);
    assertThat(answer.body()).isEqualTo(answer(usage(10, 20)));
    assertThat(answer.headers().firstValue("Tollgate-Cost")).contains("0.00005");
  }

  @Test
  void aReportOfZeroCostsNothing() throws Exception {
    start(answering(200, answer(usage(0, 0))));
    assertThat(server.post(ASK).headers().firstValue("Tollgate-Cost")).contains("0.00");
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.SETTLED);
    assertThat(onlyCall().costNanoUsd()).isZero();
  }

  @Test
  void whatAProviderSaysThatItChargesCountsWhereTheRouteTrustsIt() throws Exception {
    String told = answer(usage(10, 20).replace("}", ",\"cost\":0.0123456789}"));
    server =
        BodyServer.start(
            answering(200, told),
            BodyServer.route(Duration.ZERO, CostSource.REPORTED),
            BodyServer.quota(Meter.TOKENS, 100_000));
    assertThat(server.post(ASK).headers().firstValue("Tollgate-Cost")).contains("0.012345679");
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.SETTLED);
    assertThat(onlyCall().outputTokens()).isEqualTo(20);
    server.close();

    start(answering(200, told));
    assertThat(server.post(ASK).headers().firstValue("Tollgate-Cost")).contains("0.00005");
  }

  @Test
  void aCostBelowZeroIsNone() throws Exception {
    server =
        BodyServer.start(
            answering(200, answer(usage(10, 20).replace("}", ",\"cost\":-5}"))),
            BodyServer.route(Duration.ZERO, CostSource.REPORTED),
            BodyServer.quota(Meter.TOKENS, 100_000));
    assertThat(server.post(ASK).headers().firstValue("Tollgate-Cost")).contains("0.00005");
  }

  @Test
  void aRestrictedRequestForManyAnswersGetsNoMoreTokensThanItMay() throws Exception {
    AtomicLong held = new AtomicLong();
    server =
        BodyServer.start(
            (request, response) -> {
              held.set(server.limit().held());
              answer(request, response, 200, answer(usage(10, 5)));
            },
            BodyServer.PRICES,
            BodyServer.restricting(
                new Restriction(60, 5, "", Priority.LOW), BodyServer.quota(Meter.TOKENS, 300)));
    HttpResponse<String> answer =
        server.post(ASK.replace("\"max_tokens\":100", "\"n\":128,\"max_tokens\":100"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(received.get()).contains("\"n\":5,\"max_tokens\":1,");
    assertThat(held.get()).isBetween(6L, 65L);
    assertThat(onlyCall().outputTokens()).isEqualTo(5);
  }

  @Test
  void anAnswerWithoutUsageIsChargedAsReserved() throws Exception {
    start(answering(200, answer("")));
    server.post(ASK);
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.ESTIMATED);
    assertThat(onlyCall().outputTokens()).isEqualTo(100);
    assertThat(onlyCall().inputTokens()).isPositive();
  }

  @Test
  void anErrorThatReportsNoUsageIsNotCharged() throws Exception {
    start(answering(500, "{\"error\":{\"message\":\"overloaded\"}}"));
    assertThat(server.post(ASK).statusCode()).isEqualTo(500);
    assertThat(server.calls()).isEmpty();
    assertThat(server.limit().remaining()).isEqualTo(100_000);
  }

  @Test
  void aFailureBeforeTheFirstByteIsNotCharged() throws Exception {
    start(
        (request, response) -> {
          throw new IOException("the provider cannot be reached");
        });
    assertThat(server.post(ASK).statusCode()).isEqualTo(500);
    assertThat(server.calls()).isEmpty();
    assertThat(server.limit().remaining()).isEqualTo(100_000);
  }

  @Test
  void anErrorSentByTheContainerIsNotCharged() throws Exception {
    start(
        (request, response) -> {
          response.getWriter().print("half an ans");
          response.sendError(502);
        });
    HttpResponse<String> answer = server.post(ASK);
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).doesNotContain("half an ans");
    assertThat(server.calls()).isEmpty();
    assertThat(server.limit().remaining()).isEqualTo(100_000);
  }

  @Test
  void everyChoiceIsReserved() throws Exception {
    AtomicLong held = new AtomicLong();
    start(
        (request, response) -> {
          held.set(server.limit().held());
          answer(request, response, 200, answer(usage(10, 20)));
        });
    server.post(ASK.replace("\"max_tokens\"", "\"n\":3,\"max_tokens\""));
    assertThat(held.get()).isBetween(300L, 350L);
  }

  @Test
  void aRequestWithoutABoundGetsTheRoutes() throws Exception {
    start(answering(200, answer(usage(10, 20))));
    server.post(ASK.replace("\"max_tokens\":100,", ""));
    assertThat(received.get()).contains("\"max_tokens\":4096").contains("\"Hello\"");
  }

  @Test
  void aRestrictedCallIsMadeSmaller() throws Exception {
    server =
        BodyServer.start(
            answering(200, answer(usage(10, 20))),
            BodyServer.PRICES,
            BodyServer.restricting(
                new Restriction(60, 50, "small", Priority.LOW),
                BodyServer.quota(Meter.TOKENS, 300)));
    String old = "a long time ago ".repeat(100);
    HttpResponse<String> answer =
        server.post(
            """
            {"model":"m","max_tokens":100,"messages":[{"role":"system","content":"Be brief"},
            {"role":"user","content":"%s"},{"role":"assistant","content":"so"},
            {"role":"user","content":"Hello"}]}"""
                .formatted(old));
    assertThat(answer.headers().firstValue("Tollgate-Mode"))
        .contains("restricted; context=60; output=50; model=\"small\"");
    assertThat(received.get())
        .contains("\"model\":\"small\"", "\"max_tokens\":50", "Be brief", "Hello")
        .doesNotContain("a long time ago");
    assertThat(onlyCall().model()).isEqualTo("small");
  }

  @Test
  void aRestrictedCallThatCannotBeMadeSmallerIsNotCharged() throws Exception {
    server =
        BodyServer.start(
            answering(200, answer(usage(10, 20))),
            BodyServer.PRICES,
            BodyServer.restricting(
                new Restriction(60, 50, "", Priority.LOW), BodyServer.quota(Meter.TOKENS, 300)));
    HttpResponse<String> answer = server.post(ASK.replace("Hello", "a long time ago ".repeat(100)));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("may have 60 input tokens");
    assertThat(received.get()).isEmpty();
    assertThat(server.calls()).isEmpty();
    assertThat(server.limit().remaining()).isEqualTo(300);
  }

  @Test
  void aRefusalHasTheShapeOfTheProtocol() throws Exception {
    server =
        BodyServer.start(
            answering(200, answer(usage(100, 100))), BodyServer.quota(Meter.TOKENS, 250));
    assertThat(server.post(ASK).statusCode()).isEqualTo(200);
    HttpResponse<String> refused = server.post(ASK);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).startsWith("{\"error\":{").contains("rate_limit_exceeded");
    assertThat(server.calls()).hasSize(1);
  }

  @Test
  void aCallThatWaitedIsMeteredAsAnyOther() throws Exception {
    server =
        BodyServer.start(
            answering(200, answer(usage(10, 20))),
            BodyServer.route(Duration.ofSeconds(30), CostSource.PRICED),
            Limit.rate(Meter.REQUESTS, 2, Duration.ofSeconds(1), 1),
            BodyServer.quota(Meter.TOKENS, 100_000));
    server.post(ASK);
    received.set("");
    long begin = System.nanoTime();
    HttpResponse<String> waited = server.post(ASK);
    assertThat(System.nanoTime() - begin).isGreaterThan(200_000_000L);
    assertThat(waited.body()).isEqualTo(answer(usage(10, 20)));
    assertThat(waited.headers().firstValue("Tollgate-Cost")).contains("0.00005");
    assertThat(received.get()).isEqualTo(ASK);
    assertThat(server.calls())
        .extracting(CallRecord::costNanoUsd)
        .containsExactly(50_000L, 50_000L);
    assertThat(server.tokens().used()).isEqualTo(60);
    assertThat(server.tokens().held()).isZero();
  }

  @Test
  void aModelInThePathIsReplacedThere() throws Exception {
    HttpRoute route =
        new HttpRoute(
            "chat",
            List.of("/v1beta/*"),
            Set.of(),
            Duration.ZERO,
            ErrorFormat.PROBLEM,
            Optional.of(Protocol.GEMINI),
            CallDefaults.NONE);
    server =
        BodyServer.start(
            answering(500, ""),
            BodyServer.PRICES,
            BodyServer.restricting(
                new Restriction(60, 50, "gemini-small", Priority.LOW),
                BodyServer.quota(Meter.TOKENS, 100)),
            BodyServer.memory(),
            route);
    server.gate.page(
        "/v1beta/*",
        (request, response) -> {
          received.set(request.getRequestURI() + " " + request.getPathInfo());
          response.setContentType("application/json");
          response
              .getWriter()
              .print(
                  "{\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":"
                      + "{\"promptTokenCount\":10,\"candidatesTokenCount\":20}}");
        });
    HttpRequest.Builder request =
        server
            .gate
            .request("/v1beta/models/gemini-large:generateContent?alt=json")
            .header("X-API-Key", BodyServer.KEY)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"contents\":[{\"parts\":[{\"text\":\"Hello\"}]}]}"));
    assertThat(server.gate.send(request).statusCode()).isEqualTo(200);
    String path = "/models/gemini-small:generateContent";
    assertThat(received.get()).isEqualTo("/v1beta" + path + " " + path);
    assertThat(onlyCall().model()).isEqualTo("gemini-small");
    assertThat(onlyCall().outputTokens()).isEqualTo(20);
  }

  @Test
  void anInnerGateDoesNotChargeTheTokensAgain() throws Exception {
    start(
        (request, response) -> {
          CallContext context = CallContext.current().orElseThrow();
          Reservation outer = context.takeCharged().orElseThrow();
          Call inner = Call.of(context.caller(), "chat").model("m").estimate(500, 500);
          server
              .gate
              .tollgate
              .reserve(inner.countedBy(outer.call()))
              .orThrow()
              .settle(Usage.of(10, 20));
          answer(request, response, 200, answer(usage(10, 20)));
        });
    server.post(ASK);
    assertThat(onlyCall().outputTokens()).isEqualTo(20);
    assertThat(server.limit().used()).isEqualTo(30);
  }

  @Test
  void anAsynchronousAnswerIsChargedWhenItEnds() throws Exception {
    start(
        (request, response) -> {
          AsyncContext async = request.startAsync();
          async.start(
              () -> {
                try {
                  answer(
                      (HttpServletRequest) async.getRequest(),
                      (HttpServletResponse) async.getResponse(),
                      200,
                      answer(usage(10, 20)));
                } catch (IOException left) {
                  throw new IllegalStateException(left);
                } finally {
                  async.complete();
                }
              });
        });
    HttpResponse<String> answer = server.post(ASK);
    assertThat(answer.body()).isEqualTo(answer(usage(10, 20)));
    assertThat(answer.headers().firstValue("Tollgate-Cost")).contains("0.00005");
    await().atMost(Duration.ofSeconds(5)).until(() -> server.calls().size() == 1);
    assertThat(onlyCall().costNanoUsd()).isEqualTo(50_000);
  }

  @Test
  void anAnswerWrittenWithoutBlockingIsToldItsCost() throws Exception {
    start(MeteredBodyTest::answerWithoutBlocking);
    HttpResponse<String> answer = server.post(ASK);
    assertThat(answer.body()).isEqualTo(answer(usage(10, 20)));
    assertThat(answer.headers().firstValue("Tollgate-Cost")).contains("0.00005");
    assertThat(onlyCall().costNanoUsd()).isEqualTo(50_000);
  }

  private static void answerWithoutBlocking(
      HttpServletRequest request, HttpServletResponse response) throws IOException {
    AsyncContext async = request.startAsync(request, response);
    response.setContentType("application/json");
    ServletOutputStream out = response.getOutputStream();
    byte[] bytes = answer(usage(10, 20)).getBytes(StandardCharsets.UTF_8);
    out.setWriteListener(
        new WriteListener() {
          private int written;

          @Override
          public void onWritePossible() throws IOException {
            while (out.isReady()) {
              if (written == bytes.length) {
                out.close();
                async.complete();
                return;
              }
              out.write(bytes[written]);
              written++;
            }
          }

          @Override
          public void onError(Throwable failure) {
            async.complete();
          }
        });
  }

  @Test
  void anAnswerOfAnAsynchronousDispatchIsChargedOnce() throws Exception {
    start((request, response) -> request.startAsync().dispatch("/inner"));
    server.gate.page("/inner", answering(200, answer(usage(10, 20))));
    assertThat(server.post(ASK).body()).isEqualTo(answer(usage(10, 20)));
    assertThat(received.get()).isEqualTo(ASK);
    await().atMost(Duration.ofSeconds(5)).until(() -> server.calls().size() == 1);
    assertThat(onlyCall().costNanoUsd()).isEqualTo(50_000);
  }

  @Test
  void anAnswerOfAForwardIsChargedOnce() throws Exception {
    start((request, response) -> request.getRequestDispatcher("/inner").forward(request, response));
    server.gate.page("/inner", answering(200, answer(usage(10, 20))));
    HttpResponse<String> answer = server.post(ASK);
    assertThat(answer.headers().firstValue("Tollgate-Cost")).contains("0.00005");
    assertThat(onlyCall().costNanoUsd()).isEqualTo(50_000);
  }

  @Test
  void anAsynchronousAnswerThatNeverComesIsChargedAsReserved() throws Exception {
    start((request, response) -> request.startAsync().setTimeout(200));
    server.post(ASK);
    await().atMost(Duration.ofSeconds(5)).until(() -> server.calls().size() == 1);
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.ESTIMATED);
    assertThat(onlyCall().outputTokens()).isEqualTo(100);
  }

  @Test
  void aRequestWithoutABodyIsOneRequest() throws Exception {
    start(answering(200, "{}"));
    assertThat(server.gate.get(BodyServer.PATH, "X-API-Key", "k").body()).isEqualTo("{}");
    assertThat(server.limit().remaining()).isEqualTo(100_000);
    assertThat(server.calls()).isEmpty();
  }

  @Test
  void aPageOfTheProductKnowsItsCallerAndChargesNothing() throws Exception {
    start(answering(200, "{}"));
    server.gate.page(
        "/tollgate/who",
        (request, response) ->
            response
                .getWriter()
                .print(CallContext.current().map(c -> c.caller().tier()).orElse("nobody")));
    assertThat(server.gate.get("/tollgate/who", "X-API-Key", "k").body()).isEqualTo("free");
    assertThat(server.gate.get("/tollgate/who").body()).isEqualTo("nobody");
    assertThat(server.calls()).isEmpty();
  }
}
