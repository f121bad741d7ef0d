package dev.tollgate.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Several engines, their store and a network that fails, for 400 days of virtual time each.
 *
 * <p>{@code -Dsimulation.seed=N} replays one seed and prints its history, and {@code
 * -Dsimulation.faults=LOST_REPLY,CRASH} lets only these faults happen.
 */
class SimulationTest {

  private static final int LINES = 200;
  private static final long SEED = Long.getLong("simulation.seed", 1);

  /** A simulation in which one of these never happens shows nothing about it. */
  private static final List<String> EVERYTHING =
      List.of(
          "Admitted",
          "Restricted",
          "LimitExceeded",
          "BudgetExhausted",
          "BudgetInUse",
          "SpendHalted",
          "CallerBlocked",
          "StoreUnavailable",
          "decided without the store",
          "settled",
          "cancelled",
          "abandoned",
          "waited as told",
          "crashes",
          "restarts",
          "partitions",
          "clock jumps",
          "losses",
          "losses made good",
          "orders");

  private static final Logger ENGINE = Logger.getLogger("dev.tollgate");

  /** What processes log of all this is neither read nor cheap. */
  @BeforeAll
  static void beQuiet() {
    ENGINE.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    ENGINE.setLevel(null);
  }

  @Test
  void nothingIsLostOrCountedTwiceOverAThousandSeeds() {
    runAll(1000);
  }

  @Test
  @Tag("long")
  void nothingIsLostOrCountedTwiceOverTenThousandSeeds() {
    assertThat(runAll(10_000)).isLessThan(Duration.ofMinutes(10));
  }

  @Test
  void sameSeedIsTheSameHistory() {
    History first = History.of(LINES);
    History second = History.of(LINES);
    Tally unused = new World(SEED, faults(), first).run();
    Tally unusedToo = new World(SEED, faults(), second).run();
    assertThat(second.digest()).isEqualTo(first.digest());
    assertThat(second).hasToString(first.toString());
    if (isReplay()) {
      System.out.println(first);
    }
  }

  private static boolean isReplay() {
    return Long.getLong("simulation.seed") != null;
  }

  /** Seeds have nothing in common, so each processor runs one of its own. */
  private static Duration runAll(int seeds) {
    int count = isReplay() ? 1 : seeds;
    Instant start = Instant.now();
    Tally all = new Tally();
    LongStream.range(SEED, SEED + count)
        .parallel()
        .mapToObj(seed -> run(seed, faults()))
        .forEach(
            one -> {
              synchronized (all) {
                all.add(one);
              }
            });
    Duration took = Duration.between(start, Instant.now());
    System.out.printf(
        Locale.ROOT,
        "seeds %d to %d of %d virtual days each in %.1f s, without a violation: %s%n",
        SEED,
        SEED + count - 1,
        World.DAYS,
        took.toMillis() / 1000.0,
        all);
    if (!isReplay()) {
      EVERYTHING.forEach(what -> assertThat(all.of(what)).as(what).isPositive());
    }
    return took;
  }

  private static Set<Fault> faults() {
    String named = System.getProperty("simulation.faults", "");
    return named.isEmpty()
        ? EnumSet.allOf(Fault.class)
        : Arrays.stream(named.split(",")).map(Fault::valueOf).collect(Collectors.toSet());
  }

  private static Tally run(long seed, Set<Fault> faults) {
    try {
      return new World(seed, faults, History.off()).run();
    } catch (Violation | RuntimeException failure) {
      throw new AssertionError(Shrinking.explain(seed, faults, LINES), failure);
    }
  }
}
