package dev.tollgate.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.CallRecord;
import dev.tollgate.CallRecord.Outcome;
import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Priority;
import dev.tollgate.Reservation;
import dev.tollgate.Restriction;
import dev.tollgate.Tier;
import dev.tollgate.Usage;
import dev.tollgate.config.CallDefaults;
import dev.tollgate.config.CostSource;
import dev.tollgate.config.ErrorFormat;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.providers.Extra;
import dev.tollgate.providers.Protocol;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /** The request's model, the answer's, and what 10 tokens in and 20 out cost then. */
  @ParameterizedTest
  @CsvSource({
    "m, m, 50000",
    "deployment, m, 50000",
    "deployment, other, 500000",
    "m, m-2026-01-02, 50000",
    "m, dear, 500000",
    "dear, m, 500000",
    "m, other, 50000"
  })
  void aCallCostsWhatTheModelThatAnswersDoes(String asked, String answers, long nanoUsd)
      throws Exception {
    PriceBook prices =
        new PriceBook(
            Map.of(
                "m", Price.of(1_000_000_000L, 2_000_000_000L),
                "dear", Price.of(10_000_000_000L, 20_000_000_000L)));
    server =
        BodyServer.start(
            answering(200, answer(usage(10, 20)).replace("\"m\"", '"' + answers + '"')),
            prices,
            Tier.of("free", BodyServer.quota(Meter.TOKENS, 100_000)).ladder(Ladder.REFUSE));
    server.post(ASK.replace("\"m\"", '"' + asked + '"'));
    assertThat(onlyCall().costNanoUsd()).isEqualTo(nanoUsd);
    assertThat(onlyCall().model()).isEqualTo(asked);
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.SETTLED);
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "500|{\"error\":{\"message\":\"overloaded\"}}|false",
        "529|{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}|false",
        "503|[{\"error\":{\"code\":503,\"message\":\"unavailable\"}}]|false",
        "500|{\"error\":\"llama runner has terminated\"}|false",
        "429|slow down|false",
        "400|{}|false",
        "500|{\"status\":500,\"error\":\"Internal Server Error\",\"path\":\"/\"}|true",
        "502|<html>bad gateway</html>|true",
        "500|{\"error\":{\"message\":\" \"}}|true",
        "504|{\"error\":{\"message\":\"the provider did not answer in time\"}}|true",
        "524|{\"error\":{\"message\":\"the provider did not answer in time\"}}|true",
        "408|{\"error\":{\"message\":\"too slow\"}}|true",
      })
  void anErrorIsFreeIfItsProviderSurelyDidNotBillIt(int status, String body, boolean charged)
      throws Exception {
    start(answering(status, body));
    assertThat(server.post(ASK).statusCode()).isEqualTo(status);
    if (charged) {
      assertIsChargedAsReserved();
    } else {
      assertNothingIsCharged();
    }
  }

  private void assertNothingIsCharged() {
    assertThat(server.calls()).isEmpty();
    assertThat(server.limit().remaining()).isEqualTo(100_000);
  }

  private void assertIsChargedAsReserved() {
    await().atMost(Duration.ofSeconds(5)).until(() -> server.calls().size() == 1);
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.ESTIMATED);
    assertThat(onlyCall().outputTokens()).isEqualTo(100);
    assertThat(onlyCall().inputTokens()).isPositive();
  }

  private void failWith(Exception failure) throws Exception {
    start(
        (request, response) -> {
          throw new ServletException(failure);
        });
    assertThat(server.post(ASK).statusCode()).isEqualTo(500);
  }

  @Test
  void aFailureAfterTheProviderMayHaveBegunIsChargedAsReserved() throws Exception {
    failWith(new HttpTimeoutException("no answer in time"));
    assertIsChargedAsReserved();
  }

  @Test
  void aProviderThatWasNeverReachedCostsNothing() throws Exception {
    for (Exception failure :
        List.of(
            new ConnectException("refused"),
            new UnknownHostException("api"),
            new HttpConnectTimeoutException("no route"),
            new SSLHandshakeException("unknown authority"))) {
      failWith(new UncheckedIOException(new IOException(failure)));
      assertNothingIsCharged();
      server.close();
    }
  }

  @Test
  void whatTheApplicationSaysGoesBeforeTheStatus() throws Exception {
    start(
        (request, response) -> {
          request.setAttribute(TollgateFilter.BILLED, false);
          answer(request, response, 504, "{}");
        });
    server.post(ASK);
    assertNothingIsCharged();
    server.close();

    start(
        (request, response) -> {
          request.setAttribute(TollgateFilter.BILLED, true);
          answer(request, response, 502, "{\"error\":{\"message\":\"it broke off\"}}");
        });
    server.post(ASK);
    assertIsChargedAsReserved();
    server.close();

    start(
        (request, response) -> {
          request.setAttribute(TollgateFilter.BILLED, false);
          throw new IOException("not even tried");
        });
    server.post(ASK);
    assertNothingIsCharged();
    server.close();

    start(
        (request, response) -> {
          request.setAttribute(TollgateFilter.BILLED, false);
          answer(request, response, 200, answer(usage(10, 20)));
        });
    server.post(ASK);
    assertThat(onlyCall().outputTokens()).as("a report goes before it").isEqualTo(20);
  }

  @Test
  void anErrorSentByTheContainerIsChargedAsReserved() throws Exception {
    start((request, response) -> response.sendError(502));
    assertThat(server.post(ASK).statusCode()).isEqualTo(502);
    assertIsChargedAsReserved();
  }

  @Test
  void anAnswerThatIsThrownAwayAndTriedAgainIsChargedWithTheNextOne() throws Exception {
    start(
        (request, response) -> {
          answer(request, response, 200, answer(usage(10, 20)));
          response.reset();
          answer(request, response, 200, answer(usage(11, 5)));
        });
    HttpResponse<String> answer = server.post(ASK);
    assertThat(answer.body()).isEqualTo(answer(usage(11, 5)));
    assertThat(answer.headers().firstValue("Tollgate-Cost")).contains("0.000071");
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.SETTLED);
    assertThat(onlyCall().outputTokens()).isEqualTo(25);
    assertThat(onlyCall().inputTokens()).isEqualTo(21);
  }

  @Test
  void anErrorOfTheProviderThatIsTriedAgainIsFree() throws Exception {
    start(
        (request, response) -> {
          answer(request, response, 503, "{\"error\":{\"message\":\"overloaded\"}}");
          response.resetBuffer();
          answer(request, response, 200, answer(usage(10, 20)));
        });
    assertThat(server.post(ASK).body()).isEqualTo(answer(usage(10, 20)));
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.SETTLED);
    assertThat(onlyCall().costNanoUsd()).isEqualTo(50_000);
  }

  @Test
  void anAnswerThatBrokeOffAndIsTriedAgainIsEstimated() throws Exception {
    start(
        (request, response) -> {
          response.getOutputStream().write("{\"choices\":[{\"mess".getBytes(UTF_8));
          response.reset();
          answer(request, response, 200, answer(usage(10, 20)));
        });
    assertThat(server.post(ASK).body()).isEqualTo(answer(usage(10, 20)));
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.ESTIMATED);
    assertThat(onlyCall().inputTokens()).as("of both").isGreaterThan(10);
    assertThat(onlyCall().outputTokens()).isEqualTo(20);
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
  void whatIsNotPricedIsRefusedUnlessTheRouteAllowsIt() throws Exception {
    String ask = ASK.replace("\"max_tokens\"", "\"service_tier\":\"priority\",\"max_tokens\"");
    server =
        BodyServer.start(
            answering(200, answer(usage(10, 20))),
            BodyServer.route(Protocol.OPENAI, Extra.HOSTED_TOOLS),
            BodyServer.quota(Meter.TOKENS, 100_000));
    HttpResponse<String> refused = server.post(ask);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(refused.body())
        .contains(
            "service_tier = \\\"priority\\\" is billed at another price than the model's: leave it"
                + " out, or let the operator allow service-tier on this route.");
    assertNothingIsCharged();
    server.close();

    server =
        BodyServer.start(
            answering(200, answer(usage(10, 20))),
            BodyServer.route(Protocol.OPENAI, Extra.SERVICE_TIER),
            BodyServer.quota(Meter.TOKENS, 100_000));
    assertThat(server.post(ask).statusCode()).isEqualTo(200);
    assertThat(onlyCall().outputTokens()).isEqualTo(20);
  }

  @Test
  void aRestrictedCallMustShowItsInput() throws Exception {
    server =
        BodyServer.start(
            answering(200, answer(usage(10, 20))),
            BodyServer.PRICES,
            BodyServer.restricting(
                new Restriction(60, 50, "", Priority.LOW), BodyServer.quota(Meter.TOKENS, 300)),
            BodyServer.memory(),
            BodyServer.route(Protocol.OPENAI, Extra.STORED_INPUT));
    HttpResponse<String> answer =
        server.post("{\"model\":\"m\",\"input\":\"x\",\"previous_response_id\":\"resp_1\"}");
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("leave out previous_response_id");
    assertThat(received.get()).isEmpty();
    assertThat(server.limit().remaining()).isEqualTo(300);
  }

  @Test
  void embeddingsArePassedAsTheyAreAndCostTheirInput() throws Exception {
    start(
        answering(
            200,
            "{\"object\":\"list\",\"data\":[{\"embedding\":[0.5]}],\"model\":\"m\",\"usage\":"
                + "{\"prompt_tokens\":8,\"total_tokens\":8}}"));
    String ask = "{\"model\":\"m\",\"input\":[\"one\",\"two\"]}";
    assertThat(server.post(ask).statusCode()).isEqualTo(200);
    assertThat(received.get()).isEqualTo(ask);
    assertThat(onlyCall().outcome()).isEqualTo(Outcome.SETTLED);
    assertThat(onlyCall().costNanoUsd()).isEqualTo(8_000);
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
