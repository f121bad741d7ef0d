package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Criticality;
import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.OnStoreFailure;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Reservation;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.Window;
import dev.tollgate.store.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UsageReportTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");
  private static final Caller CALLER = new Caller("key-1", "free");
  private static final Window DAY = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);

  private Tollgate tollgate;

  @AfterEach
  void close() {
    tollgate.close();
  }

  @Test
  void showsLimitsCallsAndAlertsAsTheContractSays() throws Exception {
    open(
        Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), 20),
        Limit.of(Meter.TOKENS, 1000, DAY),
        Limit.of(Meter.COST, 5_000_000_000L, DAY));
    Reservation settled = reserve(100, 100);
    settled.settle(Usage.of(12, 34));
    reserve(5, 5);
    assertThat(tree(report()))
        .isEqualTo(
            Json.read(
                """
                {"caller": "key-1", "tier": "free", "mode": "full",
                 "limits": [
                  {"name": "requests-per-minute", "meter": "requests", "window": "minute",
                   "limit": 20, "used": 2, "held": 0, "remaining": 18,
                   "resetsAt": "2026-03-01T12:00:12.123Z"},
                  {"name": "tokens-per-day", "meter": "tokens", "window": "day",
                   "limit": 1000, "used": 46, "held": 10, "remaining": 944,
                   "resetsAt": "2026-03-02T00:00:00Z"},
                  {"name": "cost-per-day", "meter": "cost", "window": "day",
                   "limit": "5.00", "used": "0.00008", "held": "0.000015",
                   "remaining": "4.999905", "resetsAt": "2026-03-02T00:00:00Z"}],
                 "calls": [
                  {"id": "%s", "at": "2026-03-01T12:00:00.123Z", "route": "chat",
                   "model": "gpt-5", "inputTokens": 12, "outputTokens": 34,
                   "costUsd": "0.00008", "estimated": false}],
                 "alerts": []}
                """
                    .formatted(settled.id())
                    .getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void foretellsTheMonthAtItsPaceSoFar() throws Exception {
    open(
        Limit.of(Meter.TOKENS, 10_000, new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC)),
        Limit.of(Meter.COST, 5_000_000_000L, DAY));
    reserve(100, 100).settle(Usage.of(60, 40));
    Standing dayTwo = Standing.of(CALLER, tollgate, Instant.parse("2026-03-02T00:00:00Z"));
    assertThat(tree(UsageReport.of(dayTwo)).path("forecast"))
        .isEqualTo(
            Json.read(
                "[{\"limit\": \"tokens-per-month\", \"expected\": 3100}]"
                    .getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void foretellsNothingAtTheBeginningOfAMonth() throws Exception {
    open(Limit.of(Meter.TOKENS, 10_000, new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC)));
    reserve(100, 100).settle(Usage.of(60, 40));
    Standing early = Standing.of(CALLER, tollgate, Instant.parse("2026-03-01T07:00:00Z"));
    assertThat(tree(UsageReport.of(early)).has("forecast")).isFalse();
  }

  @Test
  void showsTheLimitsOfEveryRoute() {
    open(
        List.of(Route.of("chat"), routeOf("images"), routeOf("speech")),
        Limit.of(Meter.REQUESTS, 5, DAY));
    assertThat(report().limits())
        .extracting(UsageReport.LimitRow::name)
        .containsExactly("requests-per-day", "images/requests-per-day", "speech/requests-per-day");
  }

  @Test
  void isNotRestrictedByTheQuotaOfOneRoute() {
    open(List.of(Route.of("chat"), routeOf("images")), Limit.of(Meter.REQUESTS, 5, DAY));
    tollgate.reserve(Call.of(CALLER, "images")).orThrow();
    assertThat(report().mode()).isEqualTo("full");
  }

  private static Route routeOf(String name) {
    return new Route(name, Criticality.ESSENTIAL, List.of(Limit.of(Meter.REQUESTS, 1, DAY)));
  }

  @Test
  void isRestrictedFromTheQuotasSoftBoundOnAndRefusedFromItsHardOne() {
    open(Limit.of(Meter.REQUESTS, 2, DAY));
    assertThat(report().mode()).isEqualTo("full");
    reserve(1, 1);
    assertThat(report().mode()).isEqualTo("full");
    reserve(1, 1);
    assertThat(report().mode()).isEqualTo("restricted");
    reserve(1, 1);
    assertThat(report().mode()).isEqualTo("refused");
  }

  @Test
  void isNotRestrictedByARateThatIsUsedUp() {
    open(Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(1), 1), Limit.of(Meter.REQUESTS, 5, DAY));
    reserve(1, 1);
    assertThat(report().mode()).isEqualTo("full");
  }

  private static JsonNode tree(UsageReport report) throws Exception {
    return Json.read(Json.write(report));
  }

  private UsageReport report() {
    return UsageReport.of(Standing.of(CALLER, tollgate, NOW));
  }

  private Reservation reserve(long input, long output) {
    return tollgate
        .reserve(Call.of(CALLER, "chat").model("gpt-5").estimate(input, output))
        .orThrow();
  }

  private void open(Limit... limits) {
    open(List.of(Route.of("chat")), limits);
  }

  private void open(List<Route> routes, Limit... limits) {
    Policies policies =
        Policies.of(
            List.of(Tier.of("free", limits).ladder(Ladder.DEFAULT)),
            routes,
            new PriceBook(Map.of("gpt-5", Price.of(1_000_000_000L, 2_000_000_000L))));
    InstantSource clock = InstantSource.fixed(NOW);
    tollgate =
        Tollgate.builder(policies, new MemoryStore(100, clock))
            .clock(clock)
            .onStoreFailure(OnStoreFailure.CLOSED, 1)
            .build();
  }
}
