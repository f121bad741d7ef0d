package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Decision.Refused;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.HandScheduler;
import dev.tollgate.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two hours of abuse beside usual essential traffic, through two whole engines that share a store.
 * A call costs what it costs when it ends, which may be long after it was let in. Prints figures.
 */
class IncidentTest {

  private static final int STEP_SECONDS = 5;
  private static final int STEPS = 2 * 3600 / STEP_SECONDS;

  /** What a step of usual traffic costs: a dollar a minute. */
  private static final long USUAL = 1_000_000_000L * STEP_SECONDS / 60;

  private static final PriceBook PRICES =
      new PriceBook(Map.of("m", Price.of(1_000_000_000_000L, 0)));

  private record UnderWay(Instant ends, Reservation reservation) {}

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final MemoryStore store = new MemoryStore(1000, clock);
  private final List<HandScheduler> schedulers = new ArrayList<>();
  private final Deque<UnderWay> underWay = new ArrayDeque<>();

  private Tollgate open() {
    HandScheduler scheduler = new HandScheduler(clock);
    schedulers.add(scheduler);
    Map<SpendScope, Long> expected = Map.of(SpendScope.APPLICATION, 43_200 * 1_000_000_000L);
    Policies policies =
        Policies.of(List.of(Tier.of("free")), List.of(Route.of("chat")), PRICES)
            .with(
                new Spending(
                    List.of(), new BreakerPolicy(300, 10, false, expected), AnomalyPolicy.OFF));
    return Tollgate.builder(policies, store).clock(clock).background(scheduler).build();
  }

  /** What of a call's cost is let in, in nano-USD. */
  private long ask(Tollgate tollgate, long cost, Criticality criticality, int seconds) {
    long tokens = cost / 1_000_000;
    Call call =
        Call.of(new Caller("anybody", "free"), "chat")
            .model("m")
            .estimate(tokens, 0)
            .criticality(criticality);
    Decision decision = tollgate.reserve(call);
    if (decision instanceof Refused) {
      return 0;
    }
    underWay.add(new UnderWay(clock.instant().plusSeconds(seconds), decision.orThrow()));
    return cost;
  }

  private void step() {
    clock.advance(Duration.ofSeconds(STEP_SECONDS));
    while (!underWay.isEmpty() && !underWay.peek().ends().isAfter(clock.instant())) {
      Reservation ended = underWay.remove().reservation();
      ended.settle(Usage.of(ended.call().estimate().inputTokens(), 0));
    }
    schedulers.forEach(HandScheduler::run);
  }

  @ParameterizedTest
  @CsvSource({"5, 0", "10, 0", "100, 0", "5, 60", "10, 60", "100, 60"})
  void littleOfTheAbusePasses(int times, int seconds) {
    for (int offset = 0; offset < 40; offset += 20) {
      double share = play(times, seconds, offset);
      System.out.printf(
          "abuse of %dx whose calls take %d s, begun %d s into a minute: %.1f %% passes%n",
          times, seconds, offset, 100 * share);
      assertThat(share).isBetween(0.08, 0.12);
    }
  }

  private double play(int times, int seconds, int offset) {
    List<Tollgate> engines = List.of(open(), open());
    for (int i = 0; i < (1800 + offset) / STEP_SECONDS; i++) {
      ask(engines.get(i % 2), USUAL, Criticality.ESSENTIAL, seconds);
      step();
    }
    long passed = 0;
    long asked = 0;
    for (int i = 0; i < STEPS; i++) {
      Tollgate engine = engines.get(i % 2);
      assertThat(ask(engine, USUAL, Criticality.ESSENTIAL, seconds)).isEqualTo(USUAL);
      passed += ask(engine, times * USUAL, Criticality.OPTIONAL, seconds);
      asked += times * USUAL;
      step();
    }
    engines.forEach(Tollgate::close);
    schedulers.clear();
    return (double) passed / asked;
  }
}
