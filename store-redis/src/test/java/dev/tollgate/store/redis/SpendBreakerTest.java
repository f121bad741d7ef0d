package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Alert;
import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerControl;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.BreakerState;
import dev.tollgate.BreakerStatus;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.SpendScope;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.HandScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Engines that share one Redis reach one verdict. Their own clocks differ from its clock. */
class SpendBreakerTest {

  private static final int ENGINES = 4;
  private static final Duration STEP = Duration.ofSeconds(5);

  /** A month of 1000 tokens a minute, at 1 USD for a million. */
  private static final Policies POLICIES =
      Policies.of(
              List.of(Tier.of("free")),
              List.of(Route.of("chat")),
              new PriceBook(Map.of("m", Price.of(1_000_000_000, 0))))
          .with(
              new Spending(
                  List.of(),
                  new BreakerPolicy(
                      300, 10, false, Map.of(SpendScope.APPLICATION, 43_200L * 1_000_000)),
                  AnomalyPolicy.OFF));

  private final List<HandClock> clocks = new ArrayList<>();
  private final List<HandScheduler> schedulers = new ArrayList<>();
  private final List<Tollgate> engines = new ArrayList<>();
  private final List<Alert> alerts = new ArrayList<>();
  private Instant now = Instant.parse("2026-03-10T12:00:00Z");

  @BeforeEach
  void open() {
    Stores.setClock(now);
    for (int i = 0; i < ENGINES; i++) {
      HandClock clock = new HandClock(now.plus(Duration.ofMinutes(7L * i)));
      HandScheduler scheduler = new HandScheduler(clock);
      clocks.add(clock);
      schedulers.add(scheduler);
      engines.add(
          Tollgate.builder(POLICIES, Stores.openWithHandClock())
              .clock(clock)
              .background(scheduler)
              .onAlert(alerts::add)
              .build());
    }
  }

  @AfterEach
  void close() {
    engines.forEach(Tollgate::close);
    Stores.CLIENT.keys("*spend-breakers*").forEach(Stores.CLIENT::del);
    Stores.removeClock();
  }

  private void go(Duration time, long tokens) {
    Call call = Call.of(new Caller("ann", "free"), "chat").model("m").estimate(tokens, 0);
    for (long i = 0; i < time.dividedBy(STEP); i++) {
      Decision decision = engines.get((int) (i % ENGINES)).reserve(call);
      if (decision instanceof Decision.Admitted admitted) {
        admitted.reservation().settle(Usage.of(tokens, 0));
      }
      now = now.plus(STEP);
      Stores.setClock(now);
      clocks.forEach(clock -> clock.advance(STEP));
      schedulers.forEach(HandScheduler::run);
    }
  }

  private List<BreakerStatus> verdicts() {
    return engines.stream().flatMap(engine -> engine.breakers().stream()).distinct().toList();
  }

  @Test
  void enginesHaltAndGoOnTogetherAndOneOfThemTellsIt() {
    go(Duration.ofMinutes(15), 80);
    assertThat(alerts).isEmpty();
    Instant surge = now;
    go(Duration.ofMinutes(20), 600);
    assertThat(verdicts()).hasSize(1);
    assertThat(verdicts().get(0).state()).isEqualTo(BreakerState.OPEN);
    assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.BREAKER_OPENED);
    Duration after = Duration.between(surge, alerts.get(0).at());
    System.out.println("4 engines on Redis: halted after " + after);
    assertThat(after).isBetween(Duration.ofMinutes(11), Duration.ofMinutes(15));

    go(Duration.ofMinutes(25), 80);
    assertThat(verdicts()).hasSize(1);
    assertThat(verdicts().get(0).state()).isEqualTo(BreakerState.CLOSED);
    assertThat(alerts)
        .extracting(Alert::kind)
        .containsExactly(
            Alert.Kind.BREAKER_OPENED, Alert.Kind.BREAKER_HALF_OPENED, Alert.Kind.BREAKER_CLOSED);
  }

  @Test
  void orderOfAnOperatorReachesAllEngines() {
    engines.get(0).control(SpendScope.APPLICATION, BreakerControl.OPEN);
    go(STEP, 1);
    assertThat(verdicts()).hasSize(1);
    assertThat(verdicts().get(0).control()).isEqualTo(BreakerControl.OPEN);
    assertThat(alerts).hasSize(1);
  }
}
