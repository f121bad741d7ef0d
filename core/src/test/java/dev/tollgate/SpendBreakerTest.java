package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One breaker, on the traffic of a real service with incidents put into it. Prints its figures. */
class SpendBreakerTest {

  private static final String SEED = "tollgate.seed";
  private static final BreakerPolicy POLICY = new BreakerPolicy(300, 10, false, Map.of());
  private static final BreakerPolicy FAST = new BreakerPolicy(300, 10, true, Map.of());

  /** How late calls hear of a verdict, in minutes: a grace, and two processes' turns. */
  private static final double LAG = 17.0 / 60;

  private static final int TRIALS = 200;
  private static final int INCIDENT = 120;

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final Random random = new Random(seed);
  private final long[] traffic = ServeGen.minutes(random);
  private final double mean = Arrays.stream(traffic).average().orElseThrow();

  @Test
  void twoWeeksOfRealTrafficAreNeverHalted() {
    double highest = 0;
    for (int trial = 0; trial < 20; trial++) {
      SpendBreaker breaker = new SpendBreaker(ServeGen.monthly(), 0);
      for (long spend : ServeGen.minutes(random)) {
        double normal = breaker.normal();
        assertThat(breaker.close(spend, spend, POLICY)).as(seeded("trial", trial)).isFalse();
        highest = Math.max(highest, breaker.demand() / normal);
      }
    }
    System.out.printf(
        "20 times 14 days: never halted; 5-minute mean at most %.2f of normal (-D%s=%d)%n",
        highest, SEED, seed);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 10, 100})
  void surgesAreHaltedAfterElevenToFifteenMinutesAndCostLittle(int times) {
    report("surge of " + times + "x", times, minute -> true, 11, 15, 0.12);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100})
  void loopThatBillsEverySecondMinuteIsHalted(int times) {
    report("every second minute " + times + "x", times, minute -> minute % 2 == 0, 11, 15, 0.12);
  }

  private void report(
      String name, int times, IntPredicate abuses, long earliest, long latest, double most) {
    List<Incident> incidents = new ArrayList<>();
    for (int trial = 0; trial < TRIALS; trial++) {
      int start = start();
      Incident incident = new Incident(start, times, abuses).play();
      assertThat(incident.halted).as(seeded(name, start)).isBetween(earliest, latest);
      assertThat(incident.share()).as(seeded(name, start)).isLessThanOrEqualTo(most);
      incidents.add(incident);
    }
    long[] recoveries = incidents.stream().mapToLong(i -> i.recovered).sorted().toArray();
    assertThat(recoveries[TRIALS / 2]).as(name).isLessThanOrEqualTo(15);
    System.out.printf(
        "%s: halted after %d to %d minutes; at most %.1f %% of two hours' abuse passed;"
            + " closed %d minutes after its end (median), at the latest after %d (-D%s=%d)%n",
        name,
        incidents.stream().mapToLong(i -> i.halted).min().orElseThrow(),
        incidents.stream().mapToLong(i -> i.halted).max().orElseThrow(),
        incidents.stream().mapToDouble(Incident::share).max().orElseThrow() * 100,
        recoveries[TRIALS / 2],
        recoveries[TRIALS - 1],
        SEED,
        seed);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9})
  void burstsAreNotHalted(int minutes) {
    int halted = 0;
    for (int times : new int[] {5, 10, 100}) {
      for (int trial = 0; trial < TRIALS; trial++) {
        Incident burst = new Incident(start(), times, minute -> minute < minutes).play();
        if (!burst.states.isEmpty()) {
          halted++;
          assertThat(isRealTraffics(burst, minutes))
              .as(seeded("halted after a burst of " + times + "x", burst.start))
              .isTrue();
        }
      }
    }
    System.out.printf(
        "bursts of %d minutes: %d of %d halted (-D%s=%d)%n",
        minutes, halted, 3 * TRIALS, SEED, seed);
  }

  /**
   * Whether real traffic alone was above the factor: in the two minutes that halted, of which none
   * was the burst's, or in the five before the burst, so that it had lasted already.
   */
  private boolean isRealTraffics(Incident burst, int minutes) {
    int last = burst.start + (int) burst.halted - 1;
    boolean after = last - 1 >= burst.start + minutes && real(last, 2) > 3 * burst.normalAtHalt;
    return after || real(burst.start - 1, 5) > 3 * burst.normalAtStart;
  }

  /** The mean of some minutes of real traffic. */
  private double real(int last, int minutes) {
    return Arrays.stream(traffic, last + 1 - minutes, last + 1).average().orElseThrow();
  }

  @Test
  void abuseThatComesBackWhileItRecoversIsHaltedAtOnce() {
    int start = 4 * 1440 + 600;
    Incident incident = new Incident(start, 10, minute -> minute < 40 || minute >= 48).play();
    assertThat(incident.states.subList(0, 3))
        .as(seeded("returns", start))
        .containsExactly(BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.OPEN);
    System.out.printf(
        "abuse that pauses for 8 minutes: %.1f %% passed (-D%s=%d)%n",
        incident.share() * 100, SEED, seed);
    assertThat(incident.share()).isLessThanOrEqualTo(0.12);
  }

  /** Abuse by optional calls beside real traffic of essential ones. */
  private final class Incident {
    private final int start;
    private final int times;
    private final IntPredicate abuses;
    private final SpendBreaker breaker = new SpendBreaker(ServeGen.monthly(), 0);
    private final List<BreakerState> states = new ArrayList<>();
    private long halted;
    private long recovered;
    private double normalAtStart;
    private double normalAtHalt;
    private double asked;
    private double passed;

    Incident(int start, int times, IntPredicate abuses) {
      this.start = start;
      this.times = times;
      this.abuses = abuses;
    }

    Incident play() {
      double before = 1;
      for (int minute = 0; minute < traffic.length && recovered == 0; minute++) {
        boolean abused =
            minute >= start && minute < start + INCIDENT && abuses.test(minute - start);
        double normal = breaker.normal();
        normalAtStart = minute == start - 1 ? normal : normalAtStart;
        double abuse = abused ? times * mean : 0;
        double now = letIn(breaker.state());
        double let = abuse * (LAG * before + (1 - LAG) * now);
        before = now;
        asked += abuse;
        passed += let;
        if (breaker.close(traffic[minute] + (long) let, traffic[minute] + (long) abuse, POLICY)) {
          states.add(breaker.state());
          halted = states.size() == 1 ? minute + 1 - start : halted;
          normalAtHalt = states.size() == 1 ? normal : normalAtHalt;
        }
        boolean over = minute >= start + INCIDENT && breaker.state() == BreakerState.CLOSED;
        recovered = over ? minute + 1 - start - INCIDENT : recovered;
      }
      recovered = recovered == 0 ? traffic.length - start - INCIDENT : recovered;
      return this;
    }

    double share() {
      return passed / asked;
    }
  }

  private static double letIn(BreakerState state) {
    return switch (state) {
      case CLOSED -> 1;
      case OPEN -> 0;
      case HALF_OPEN -> 0.1;
    };
  }

  @Test
  void fastPathHaltsAfterThreeMinutes() {
    SpendBreaker slow = new SpendBreaker(43_200_000, 0);
    SpendBreaker fast = new SpendBreaker(43_200_000, 0);
    for (int minute = 0; minute < 3; minute++) {
      assertThat(fast.state()).isEqualTo(BreakerState.CLOSED);
      fast.close(21_000, 21_000, FAST);
      slow.close(21_000, 21_000, POLICY);
    }
    assertThat(fast.state()).isEqualTo(BreakerState.OPEN);
    assertThat(slow.state()).isEqualTo(BreakerState.CLOSED);
  }

  private static BreakerOrder order(BreakerControl control) {
    return BreakerOrder.of(control, 100_000);
  }

  @Test
  void anOrderEndsByItselfAndAbnormalSpendingHasToLastAgain() {
    SpendBreaker breaker = new SpendBreaker(43_200_000, 0);
    feed(breaker, 30, 10_000);
    assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    breaker.control(BreakerOrder.of(BreakerControl.CLOSED, 90));
    feed(breaker, 59, 100_000);
    assertThat(breaker.endOrder()).isEmpty();
    feed(breaker, 1, 100_000);
    assertThat(breaker.endOrder()).contains(BreakerControl.CLOSED);
    assertThat(breaker.endOrder()).isEmpty();
    feed(breaker, 10, 100_000);
    assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    feed(breaker, 1, 100_000);
    assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
  }

  @Test
  void ordersOfAnOperatorStandUntilTheyAreTakenBack() {
    SpendBreaker breaker = new SpendBreaker(43_200_000, 0);
    assertThat(breaker.control(order(BreakerControl.OPEN))).isTrue();
    feed(breaker, 60, 0);
    assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    assertThat(breaker.control(order(BreakerControl.CLOSED))).isTrue();
    feed(breaker, 60, 100_000);
    assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    assertThat(breaker.control(order(BreakerControl.AUTOMATIC)))
        .as("it has to last again")
        .isFalse();
    feed(breaker, 10, 100_000);
    assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    feed(breaker, 1, 100_000);
    assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    breaker.control(order(BreakerControl.HELD));
    feed(breaker, 60, 0);
    assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    breaker.control(order(BreakerControl.AUTOMATIC));
    feed(breaker, 1, 0);
    assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
  }

  @Test
  void earliestResumptionIsReachedWhenNoMoreDemandComes() {
    SpendBreaker breaker = new SpendBreaker(43_200_000, 0);
    feed(breaker, 30, 10_000);
    assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    long resumes = breaker.resumes(POLICY);
    assertThat(resumes - breaker.minute()).isEqualTo(5);
    feed(breaker, 4, 0);
    assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    assertThat(breaker.resumes(POLICY)).isEqualTo(resumes);
    feed(breaker, 1, 0);
    assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
    assertThat(breaker.resumes(POLICY)).isEqualTo(breaker.minute() + 5);
    feed(breaker, 5, 0);
    assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void skippedDaysAreAsIfTheirMinutesHadBeenClosed() {
    SpendBreaker skipped = new SpendBreaker(ServeGen.monthly(), 0);
    SpendBreaker closed = new SpendBreaker(ServeGen.monthly(), 0);
    for (int minute = 0; minute < 5000; minute++) {
      skipped.close(traffic[minute], traffic[minute], POLICY);
      closed.close(traffic[minute], traffic[minute], POLICY);
    }
    feed(skipped, 1440, 0);
    skipped.skipDays(9);
    feed(closed, 10 * 1440, 0);
    assertThat(numbers(skipped)).hasSameSizeAs(numbers(closed));
    for (int i = 0; i < numbers(closed).size(); i++) {
      double expected = numbers(closed).get(i);
      assertThat(numbers(skipped).get(i)).isCloseTo(expected, within(expected * 1e-6));
    }
  }

  @Test
  void longSilenceIsNoReasonToHaltWhatIsExpectedForever() {
    SpendBreaker breaker = new SpendBreaker(43_200_000, 0);
    feed(breaker, 1440, 0);
    breaker.skipDays(3650);
    feed(breaker, 7 * 1440, 2900);
    assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    assertThat(breaker.normal()).as("it has learnt").isGreaterThan(2500);
  }

  private static void feed(SpendBreaker breaker, int minutes, long spend) {
    for (int i = 0; i < minutes; i++) {
      breaker.close(spend, spend, POLICY);
    }
  }

  private static List<Double> numbers(SpendBreaker breaker) {
    StringJoiner fields = new StringJoiner(" ");
    breaker.write(fields);
    return Arrays.stream(fields.toString().split(" "))
        .filter(field -> Character.isDigit(field.charAt(0)))
        .map(Double::parseDouble)
        .toList();
  }

  /** A minute from which on half a day of traffic is left, after the first day. */
  private int start() {
    return 1440 + random.nextInt(ServeGen.MINUTES - 1440 - 720);
  }

  private String seeded(String what, int number) {
    return "%s %d, -D%s=%d".formatted(what, number, SEED, seed);
  }
}
