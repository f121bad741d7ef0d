package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Estimate;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.RefusedException;
import dev.tollgate.Reservation;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A request is one call, however often it is dispatched, and knows who makes it throughout. */
class DispatchTest {

  private static final Tier FREE =
      Tier.of(
          "free",
          Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), 20),
          Limit.rate(Meter.TOKENS, 100, Duration.ofMinutes(1), 100));

  private final AtomicReference<Optional<Caller>> seen = new AtomicReference<>(Optional.empty());
  private GateServer server;

  @BeforeEach
  void create() {
    server =
        new GateServer(
            new HttpSettingsBuilder().route("chat", "/api/*").build(),
            List.of(FREE),
            Route.of("chat"));
    server.page("/api/chat", this::serve);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    assertThat(CallContext.current()).isEmpty();
  }

  private void serve(HttpServletRequest request, HttpServletResponse response) throws IOException {
    seen.set(CallContext.current().map(CallContext::caller));
    server.answer(response);
  }

  @Test
  void aForwardFromOneRouteToItselfIsChargedOnce() throws Exception {
    server.page("/api/front", DispatchTest::forward).start();
    assertThat(server.get("/api/front", "X-API-Key", "k").body()).isEqualTo("served");
    assertThat(server.left("k")).isEqualTo(19);
    assertThat(seen.get()).map(Caller::tier).contains("free");
  }

  @Test
  void aForwardFromAPlainPathToARouteIsCharged() throws Exception {
    server.page("/front", DispatchTest::forward).start();
    HttpResponse<String> answer = server.get("/front", "X-API-Key", "k");
    assertThat(answer.body()).isEqualTo("served");
    assertThat(answer.headers().firstValue("RateLimit")).isPresent();
    assertThat(server.left("k")).isEqualTo(19);
  }

  @Test
  void aForwardThatIsRefusedIsAnsweredLikeARequest() throws Exception {
    server.page("/front", DispatchTest::forward).start();
    useUp("k");
    HttpResponse<String> answer = server.get("/front", "X-API-Key", "k");
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.body()).contains("quota-exceeded");
  }

  @Test
  void twoIncludesOfARouteAreChargedOnce() throws Exception {
    server.page("/page", DispatchTest::includeTwice).start();
    assertThat(server.get("/page", "X-API-Key", "k").body()).isEqualTo("servedserved");
    assertThat(server.left("k")).isEqualTo(19);
  }

  @Test
  void anIncludeThatIsRefusedRefusesTheWholePage() throws Exception {
    server.page("/page", DispatchTest::includeTwice).start();
    useUp("k");
    HttpResponse<String> answer = server.get("/page", "X-API-Key", "k");
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.body()).startsWith("{\"type\"").endsWith("}");
  }

  @Test
  void anIncludeOfNobodyRefusesTheWholePage() throws Exception {
    server.page("/page", DispatchTest::includeTwice).start();
    assertThat(server.get("/page").statusCode()).isEqualTo(401);
  }

  @Test
  void anErrorPageUnderARouteIsNotCharged() throws Exception {
    server
        .errorPage(404, "/api/error")
        .page("/nowhere", (request, response) -> response.sendError(404))
        .page(
            "/api/error",
            (request, response) -> {
              assertThat(request.getDispatcherType()).isEqualTo(DispatcherType.ERROR);
              response.getWriter().print("sorry");
            })
        .start();
    HttpResponse<String> answer = server.get("/nowhere", "X-API-Key", "k");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("sorry");
    assertThat(server.left("k")).isEqualTo(20);
  }

  @Test
  void aRequestThatFailsIsChargedOnceAndItsErrorPageIsNot() throws Exception {
    server
        .errorPage(500, "/api/chat")
        .page("/api/failing", (request, response) -> response.sendError(500))
        .start();
    assertThat(server.get("/api/failing", "X-API-Key", "k").body()).isEqualTo("served");
    assertThat(server.left("k")).isEqualTo(19);
  }

  @Test
  void anAsynchronousDispatchIsChargedOnceAndKnowsTheCaller() throws Exception {
    server
        .page(
            "/api/async",
            (request, response) -> {
              AsyncContext async = request.startAsync();
              async.start(() -> async.dispatch("/api/chat"));
            })
        .start();
    assertThat(server.get("/api/async", "X-API-Key", "k").body()).isEqualTo("served");
    assertThat(server.left("k")).isEqualTo(19);
    assertThat(seen.get()).isPresent();
  }

  @Test
  void anAsynchronousDispatchFromAPlainPathToARouteIsCharged() throws Exception {
    server
        .page("/async", (request, response) -> request.startAsync().dispatch("/api/chat"))
        .start();
    assertThat(server.get("/async", "X-API-Key", "k").body()).isEqualTo("served");
    assertThat(server.left("k")).isEqualTo(19);
  }

  @Test
  void anInnerGateTakesOverTheChargeOnce() throws Exception {
    server
        .page(
            "/api/inner",
            (request, response) -> {
              CallContext context = CallContext.current().orElseThrow();
              assertThat(context.takeCharged()).isPresent();
              assertThat(context.takeCharged()).isEmpty();
              request.getRequestDispatcher("/api/again").forward(request, response);
            })
        .page(
            "/api/again",
            (request, response) -> {
              assertThat(CallContext.current().orElseThrow().takeCharged()).isEmpty();
              server.answer(response);
            })
        .start();
    assertThat(server.get("/api/inner", "X-API-Key", "k").body()).isEqualTo("served");
  }

  @Test
  void aRefusalInsideBecomesTheSameAnswerAndTheFiltersChargeIsGivenBack() throws Exception {
    server
        .page(
            "/api/inner",
            (request, response) -> {
              response.getWriter().print("half an answer");
              reserveInside(150);
            })
        .start();
    HttpResponse<String> answer = server.get("/api/inner", "X-API-Key", "k");
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("\"violated-policies\":[\"tokens-per-minute\"]");
    assertThat(server.left("k")).isEqualTo(20);
  }

  @Test
  void aRefusalThatFrameworksHaveWrappedIsFound() throws Exception {
    server
        .page(
            "/api/inner",
            (request, response) -> {
              try {
                reserveInside(150);
              } catch (RefusedException refused) {
                throw new ServletException(new IllegalStateException(refused));
              }
            })
        .start();
    assertThat(server.get("/api/inner", "X-API-Key", "k").statusCode()).isEqualTo(413);
  }

  @Test
  void aRefusalOutsideOfRoutesIsAnsweredToo() throws Exception {
    server
        .page(
            "/other",
            (request, response) -> {
              Caller caller = new Caller("job", "free");
              server.tollgate.reserve(Call.of(caller, "chat").requests(30)).orThrow();
            })
        .start();
    assertThat(server.get("/other").statusCode()).isEqualTo(413);
  }

  @Test
  void otherFailuresStayTheApplications() throws Exception {
    server
        .page(
            "/api/broken",
            (request, response) -> {
              throw new IllegalStateException("broken");
            })
        .start();
    assertThat(server.get("/api/broken", "X-API-Key", "k").statusCode()).isEqualTo(500);
    assertThat(server.left("k")).isEqualTo(19);
  }

  @Test
  void aDecisionMadeInsideIsToldInTheHeaders() throws Exception {
    server
        .page(
            "/api/inner",
            (request, response) -> {
              CallContext context = CallContext.current().orElseThrow();
              Decision decision = reserveInside(40);
              context.decided(decision);
              server.answer(response);
            })
        .start();
    assertThat(server.get("/api/inner", "X-API-Key", "k").headers().firstValue("RateLimit"))
        .hasValueSatisfying(value -> assertThat(value).contains("\"tokens-per-minute\";r=60"));
  }

  private Decision reserveInside(long tokens) {
    CallContext context = CallContext.current().orElseThrow();
    Call call = Call.of(context.caller(), "chat").estimate(new Estimate(tokens, 0)).requests(0);
    Decision decision = server.tollgate.reserve(call);
    try (Reservation reservation = decision.orThrow()) {
      reservation.settleAsReserved();
    }
    return decision;
  }

  private void useUp(String key) throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(server.get("/api/chat", "X-API-Key", key).statusCode()).isEqualTo(200);
    }
  }

  private static void forward(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    request.getRequestDispatcher("/api/chat").forward(request, response);
  }

  private static void includeTwice(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    request.getRequestDispatcher("/api/chat").include(request, response);
    request.getRequestDispatcher("/api/chat").include(request, response);
  }
}
