package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import dev.tollgate.config.ErrorFormat;
import jakarta.servlet.http.HttpServletRequest;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that wait, over real HTTP. Their limits are counted by the system's clock. */
class WaitingRoomTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();

  /** Requests that have given their thread back. */
  private final AtomicInteger parked = new AtomicInteger();

  private GateServer server;

  @AfterEach
  void stopWithoutLeavingAThread() throws Exception {
    server.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("tollgate-waiting-room");
  }

  @Test
  void callsWaitUntilTheyFitInOrderOfArrival() throws Exception {
    create(4, LONG, 1000).start();
    long begin = System.nanoTime();
    assertThat(server.call("k").statusCode()).isEqualTo(200);
    var first = waiting("k", "first", 1);
    var second = waiting("k", "second", 2);

    assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    HttpResponse<String> last = second.get(20, TimeUnit.SECONDS);
    assertThat(last.statusCode()).isEqualTo(200);
    assertThat(last.body()).isEqualTo("second");
    assertThat(last.headers().firstValue("RateLimit"))
        .hasValueSatisfying(value -> assertThat(value).startsWith("\"requests-per-second\";r=0"));
    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(500_000_000L);
    assertThat(order).containsExactly("", "first", "second");
  }

  @Test
  void aCallThatWouldWaitTooLongIsRefusedAtOnce() throws Exception {
    create(1, Duration.ofMillis(100), 1000).start();
    server.call("k");
    assertThat(server.call("k").statusCode()).isEqualTo(429);
    assertThat(parked).hasValue(0);
  }

  @Test
  void oneThatStandsBehindOthersIsRefusedAtItsDeadline() throws Exception {
    create(1, Duration.ofMillis(1300), 1000).start();
    server.call("k");
    var first = waiting("k", "first", 1);
    var second = waiting("k", "second", 2);
    assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    HttpResponse<String> late = second.get(20, TimeUnit.SECONDS);
    assertThat(late.statusCode()).isEqualTo(429);
    assertThat(late.headers().firstValue("Retry-After")).contains("1");
    assertThat(late.body()).contains("quota-exceeded");
  }

  @Test
  void aFullRoomRefusesAtOnce() throws Exception {
    create(1, LONG, 1).start();
    server.call("k");
    var first = waiting("k", "first", 1);
    assertThat(server.call("k").statusCode()).isEqualTo(429);
    assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(server.served).hasValue(2);
  }

  @Test
  void noRoomMeansNoWaiting() throws Exception {
    create(1, LONG, 0).start();
    server.call("k");
    assertThat(server.call("k").statusCode()).isEqualTo(429);
  }

  @Test
  void aRequestThatCannotBeAsynchronousIsRefusedAtOnce() throws Exception {
    create(1, LONG, 1000)
        .addFilter((request, response, chain) -> chain.doFilter(request, response), false)
        .start();
    server.call("k");
    assertThat(server.call("k").statusCode()).isEqualTo(429);
  }

  @Test
  void oneCallersWaitIsNotAnothers() throws Exception {
    create(1, LONG, 1000).start();
    server.call("k");
    var first = waiting("k", "first", 1);
    assertThat(server.call("other").statusCode()).isEqualTo(200);
    assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyIsStillThereAfterTheWait() throws Exception {
    create(4, LONG, 1000).start();
    server.call("k");
    HttpRequest.Builder post =
        server
            .request("/api/chat?order=posted")
            .header("X-API-Key", "k")
            .POST(HttpRequest.BodyPublishers.ofString("x".repeat(100_000)));
    assertThat(server.send(post).body()).isEqualTo("posted" + "x".repeat(100_000));
    assertThat(parked).hasValue(1);
  }

  @Test
  void oneThatLeavesIsNotCharged() throws Exception {
    create(1, LONG, 1000)
        .addFilter(
            (request, response, chain) -> {
              chain.doFilter(request, response);
              if (request.isAsyncStarted() && "leaves".equals(request.getParameter("order"))) {
                request.getAsyncContext().complete();
              }
            })
        .start();
    server.call("k");
    waiting("k", "leaves", 1).get(20, TimeUnit.SECONDS);
    await().untilAsserted(() -> assertThat(server.left("k")).isEqualTo(1));
    assertThat(server.call("k").statusCode()).isEqualTo(200);
    assertThat(order).containsExactly("", "");
  }

  @Test
  void thoseWhoWaitWhenTheApplicationStopsAreToldToComeBack() throws Exception {
    create(1, LONG, 1000).start();
    server.call("k");
    var first = waiting("k", "first", 1);
    server.filter().destroy();
    HttpResponse<String> answer = first.get(20, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(answer.body()).contains("temporary-reduced-capacity");
  }

  @Test
  void aRouteThatIsTakenOutWhileACallWaitsEndsItsWaitAndNothingElse() throws Exception {
    create(1, LONG, 1000).start();
    server.call("k");
    var first = waiting("k", "first", 1);
    Policies before = server.tollgate.policies();
    server.tollgate.reload(
        Policies.of(List.copyOf(before.tiers().values()), List.of(), PriceBook.EMPTY));
    assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(503);

    server.tollgate.reload(before);
    server.call("k");
    assertThat(waiting("k", "second", 2).get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }

  /** A server of one route whose callers have {@code perSecond} requests, one at a time. */
  private GateServer create(int perSecond, Duration maxWait, int places) {
    var settings =
        new HttpSettingsBuilder()
            .waitingRoom(places)
            .route(HttpSettingsBuilder.route("chat", maxWait, ErrorFormat.PROBLEM, "/api/chat"))
            .build();
    Tier tier = Tier.of("free", Limit.rate(Meter.REQUESTS, perSecond, Duration.ofSeconds(1), 1));
    Policies policies = Policies.of(List.of(tier), List.of(Route.of("chat")), PriceBook.EMPTY);
    server = new GateServer(settings, policies, InstantSource.system());
    return server
        .addFilter(
            (request, response, chain) -> {
              chain.doFilter(request, response);
              if (request.isAsyncStarted()) {
                parked.incrementAndGet();
              }
            })
        .page(
            "/api/chat",
            (request, response) -> {
              server.served.incrementAndGet();
              order.add(name(request));
              response.getWriter().print(name(request));
              request.getReader().transferTo(response.getWriter());
            });
  }

  private static String name(HttpServletRequest request) {
    String query = request.getQueryString();
    return query == null ? "" : query.substring("order=".length());
  }

  /** A call that is known to be the {@code nth} to wait. */
  private CompletableFuture<HttpResponse<String>> waiting(String key, String name, int nth) {
    HttpRequest request =
        server.request("/api/chat?order=" + name).header("X-API-Key", key).build();
    var answer = server.client().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    await().untilAsserted(() -> assertThat(parked).hasValueGreaterThanOrEqualTo(nth));
    return answer;
  }
}
