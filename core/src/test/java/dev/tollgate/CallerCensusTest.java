package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.HandClock;
import dev.tollgate.store.HandScheduler;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many callers there were, and what they may cost. */
class CallerCensusTest {

  private static final long DOLLAR = 1_000_000_000L;
  private static final Window MONTH = new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC);
  private static final Window DAY = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);
  private static final Tier FREE =
      Tier.of("free", Limit.of(Meter.COST, 5 * DOLLAR, MONTH), Limit.of(Meter.COST, DOLLAR, DAY))
          .ladder(Ladder.REFUSE);
  private static final Tier PRO =
      Tier.of("pro", Limit.of(Meter.COST, 2 * DOLLAR, DAY)).ladder(Ladder.REFUSE);
  private static final Tier UNBOUNDED = Tier.of("unbounded");

  private final HandClock clock = new HandClock(Instant.parse("2026-04-30T22:00:00Z"));
  private final Store store = new MemoryStore(1000, clock);
  private final List<HandScheduler> schedulers = new ArrayList<>();
  private final List<Alert> alerts = new ArrayList<>();

  private Tollgate open() {
    HandScheduler scheduler = new HandScheduler(clock);
    schedulers.add(scheduler);
    Policies policies =
        Policies.of(
                List.of(FREE, PRO, UNBOUNDED), List.of(Route.of("chat")), new PriceBook(Map.of()))
            .with(
                new Spending(
                    List.of(new Provider("openai", Set.of(), List.of())),
                    new BreakerPolicy(
                        300,
                        10,
                        false,
                        Map.of(new SpendScope(SpendScope.Kind.PROVIDER, "openai"), 9 * DOLLAR)),
                    AnomalyPolicy.OFF));
    return Tollgate.builder(policies, store)
        .clock(clock)
        .background(scheduler)
        .onAlert(alerts::add)
        .build();
  }

  private void rest(Duration time) {
    clock.advance(time);
    schedulers.forEach(HandScheduler::run);
  }

  private static void call(Tollgate tollgate, String caller, String tier) {
    tollgate.reserve(Call.of(new Caller(caller, tier), "chat"));
  }

  private String reviewOf(String month) {
    return alerts.stream()
        .filter(alert -> alert.kind() == Alert.Kind.LIMITS_REVIEW && alert.cause().equals(month))
        .findFirst()
        .orElseThrow()
        .details()
        .get("callersUsd");
  }

  private void comeToMay() {
    for (int i = 0; i < 20; i++) {
      rest(Duration.ofMinutes(11));
    }
  }

  @Test
  void aReviewTellsWhatLastMonthsCallersMayCostByTheirQuotas() {
    Tollgate one = open();
    Tollgate two = open();
    for (int i = 0; i < 10; i++) {
      call(i % 2 == 0 ? one : two, "free-" + i, "free");
      call(one, "everywhere", "free");
      call(two, "everywhere", "free");
    }
    call(two, "paying", "pro");
    comeToMay();
    assertThat(reviewOf("2026-04")).as("nobody came in March").isEmpty();
    assertThat(reviewOf("2026-05")).as("11 times 5 a month, and 31 times 2").isEqualTo("117.00");
    one.close();
    two.close();
  }

  @Test
  void oneTierWithoutAQuotaOfCostBoundsNothing() {
    Tollgate tollgate = open();
    call(tollgate, "ann", "free");
    call(tollgate, "bob", "unbounded");
    comeToMay();
    assertThat(reviewOf("2026-05")).isEmpty();
    tollgate.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 127, 1000, 30_000, 1_000_000})
  void aSketchKnowsFewExactlyAndManyRoughly(int callers) {
    CallerSketch one = new CallerSketch();
    CallerSketch other = new CallerSketch();
    for (int i = 0; i < callers; i++) {
      one.add("caller-" + i);
      if (i % 3 == 0) {
        one.add("caller-" + i);
        other.add("caller-" + i);
      }
    }
    one.hashes().forEach(other::add);
    assertThat(other.count()).isEqualTo(one.count());
    double most = callers < CallerSketch.KEPT ? 0 : 0.3;
    assertThat((double) one.count()).isBetween(callers * (1 - most), callers * (1 + most));
  }
}
