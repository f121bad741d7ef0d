package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tollgate.Analytics.Dimension;
import dev.tollgate.Analytics.Point;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class AnalyticsTest {

  private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
  private static final Instant DAY = Instant.parse("2026-03-10T00:00:00Z");
  private static final Caller ANN = new Caller("ann", "pro");

  private final long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
  private final HandClock clock = new HandClock(NOON);
  private final Store store = new MemoryStore(1000, clock);
  private final Analytics analytics = new Analytics(store.rollups());
  private int calls;

  private Tollgate open() {
    return Tollgate.builder(RandomCalls.policies(), store).clock(clock).build();
  }

  private CallLedger ledger(Rollups rollups) {
    return new CallLedger(rollups, "writer", RandomCalls::policies, clock);
  }

  @Test
  void everySumOfHundredThousandCallsOfThreeEnginesIsExact() throws Exception {
    System.out.println("seed " + seed);
    List<Tollgate> engines = List.of(open(), open(), open());
    RandomCalls calls = new RandomCalls(engines, seed);
    calls.run(100_000, 3);
    engines.forEach(Tollgate::close);
    assertThat(calls.cost()).isPositive();
    calls.assertSumsOf(analytics, DAY, DAY.plus(Duration.ofDays(1)));
  }

  @Test
  void additionsThatFailBeforeOrAfterTheyAreTakenCountOnce() throws Exception {
    System.out.println("seed " + seed);
    CallLedger ledger = ledger(new FaultyRollups(store.rollups(), new Random(seed)));
    try (Tollgate tollgate =
        Tollgate.builder(RandomCalls.policies(), new MemoryStore(1000, clock))
            .clock(clock)
            .build()) {
      tollgate.onCall(ledger);
      RandomCalls calls = new RandomCalls(List.of(tollgate), seed);
      for (int i = 0; i < 50; i++) {
        calls.run(100, 1);
        ledger.flush();
      }
      for (int i = 0; i < 100; i++) {
        ledger.flush();
      }
      calls.assertSumsOf(analytics, DAY, DAY.plus(Duration.ofDays(1)));
    }
  }

  @Test
  void hoursDaysAndMonthsAreTold() throws Exception {
    CallLedger ledger = ledger(store.rollups());
    for (String at :
        List.of(
            "2026-02-28T23:59:59.999Z",
            "2026-03-01T00:00:00Z",
            "2026-03-10T12:30:00Z",
            "2026-03-10T13:00:00Z")) {
      charge(ledger, ANN, "small", Instant.parse(at), 5);
    }
    ledger.flush();
    assertThat(
            analytics.spend(
                Dimension.MODEL,
                Resolution.HOUR,
                Instant.parse("2026-03-10T12:59:00Z"),
                Instant.parse("2026-03-10T13:00:01Z"),
                10))
        .containsExactly(
            point("2026-03-10T12:00:00Z", "small", 5), point("2026-03-10T13:00:00Z", "small", 5));
    Instant from = Instant.parse("2026-02-01T00:00:00Z");
    Instant to = Instant.parse("2026-04-01T00:00:00Z");
    assertThat(analytics.spend(Dimension.TIER, Resolution.DAY, from, to, 10))
        .containsExactly(
            point("2026-02-28T00:00:00Z", "pro", 5),
            point("2026-03-01T00:00:00Z", "pro", 5),
            point("2026-03-10T00:00:00Z", "pro", 10));
    assertThat(analytics.history(Dimension.CALLER, "ann", Resolution.MONTH, from, to))
        .containsExactly(
            point("2026-02-01T00:00:00Z", "ann", 5), point("2026-03-01T00:00:00Z", "ann", 15));
    assertThat(analytics.topCallers(Resolution.DAY, NOON, 0, 10))
        .containsExactly(point("2026-03-10T00:00:00Z", "ann", 10));
  }

  @Test
  void anOutageIsToldAndNotTakenForNothing() {
    Rollups cut =
        new FaultyRollups(store.rollups(), new Random(seed)) {
          @Override
          public List<Row> largest(String rollup, int offset, int limit) throws StoreException {
            throw new StoreException("cut off");
          }

          @Override
          public List<Row> find(String rollup, List<String> keys) throws StoreException {
            throw new StoreException("cut off");
          }
        };
    Analytics of = new Analytics(cut);
    assertThatThrownBy(() -> of.spend(Dimension.MODEL, Resolution.HOUR, DAY, NOON, 8))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> of.parts(Resolution.HOUR, DAY, NOON))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> of.history(Dimension.MODEL, "m", Resolution.HOUR, DAY, NOON))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> of.dearestCalls(NOON, call -> true, 10))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void rowsThatMoveWhilePagesAreReadAreNeitherDoubledNorMissed() throws Exception {
    Rollups large = new MemoryStore(10_000, clock).rollups();
    CallLedger ledger = ledger(large);
    for (int i = 0; i < 2500; i++) {
      String route = "route " + i;
      charge(ledger, ANN, route, "small", NOON, 10 + i);
    }
    ledger.flush();
    Rollups moving =
        new FaultyRollups(large, new Random(seed)) {
          private int left = 4;

          @Override
          public List<Row> largest(String rollup, int offset, int limit) throws StoreException {
            List<Row> page = rollups().largest(rollup, offset, limit);
            if (offset == 0 && left-- > 0) {
              charge(ledger, ANN, "route " + left, "small", NOON, 1_000_000);
              ledger.flush();
            }
            return page;
          }
        };
    Analytics of = new Analytics(moving);
    long before = cost(of);
    List<Analytics.Part> parts = of.parts(Resolution.HOUR, NOON, NOON.plusSeconds(1));
    assertThat(parts).hasSize(2500);
    assertThat(parts.stream().mapToLong(part -> part.totals().costNanoUsd()).sum())
        .isEqualTo(before + 4_000_000)
        .isEqualTo(cost(of));
  }

  private static long cost(Analytics of) throws StoreException {
    return of.total(Resolution.HOUR, NOON, NOON.plusSeconds(1)).get(0).totals().costNanoUsd();
  }

  @Test
  void whatIsReadWhileOthersBringMoreIsNeverMoreThanTheWhole() throws Exception {
    CallLedger ledger = ledger(store.rollups());
    charge(ledger, ANN, "small", NOON, 5);
    ledger.flush();
    Rollups growing =
        new FaultyRollups(store.rollups(), new Random(seed)) {
          @Override
          public List<Row> find(String rollup, List<String> keys) throws StoreException {
            List<Row> found = rollups().find(rollup, keys);
            charge(ledger, ANN, "small", NOON, 7);
            ledger.flush();
            return found;
          }
        };
    assertThat(new Analytics(growing).spend(Dimension.MODEL, Resolution.DAY, DAY, NOON, 8))
        .extracting(Point::name, point -> point.totals().costNanoUsd())
        .containsExactly(tuple(Rollups.OTHERS, 7L), tuple("small", 5L));
  }

  @Test
  void theCallsBehindAnHourAreItsDearestOfEachModel() throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    CallLedger ledger = ledger(store.rollups());
    List<Long> costs = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      long cost = 1_000_000 + random.nextInt(1_000_000);
      costs.add(cost);
      charge(ledger, ANN, "large", NOON.plusSeconds(i % 3600), cost);
      charge(ledger, new Caller("bob", "free"), "small", NOON, 1 + random.nextInt(100));
      if (i % 100 == 0) {
        ledger.flush();
      }
    }
    ledger.flush();
    costs.sort(Comparator.reverseOrder());
    List<SpentCall> large =
        analytics.dearestCalls(NOON, call -> call.tier().equals("pro"), DearestCalls.OF_EACH);
    assertThat(large)
        .extracting(call -> call.row().costNanoUsd())
        .as("seed %d", seed)
        .isEqualTo(costs.subList(0, DearestCalls.OF_EACH));
    assertThat(large.get(0).name(Dimension.CALLER)).isEqualTo("ann");
    assertThat(
            analytics.dearestCalls(NOON, call -> call.caller().equals("bob"), DearestCalls.OF_EACH))
        .hasSize(DearestCalls.OF_EACH)
        .allMatch(call -> call.row().model().equals("small"));
    assertThat(store.rollups().largest(Resolution.calls(NOON), 0, 1000))
        .as("far less than all")
        .hasSizeLessThan(500);
    assertThat(analytics.dearestCalls(NOON.plusSeconds(3600), call -> true, 20)).isEmpty();
  }

  @Test
  void callersAreToldByTheHourForAWeekAndByTheDayForAMonth() throws Exception {
    CallLedger ledger = ledger(store.rollups());
    for (int i = 0; i < 5; i++) {
      charge(ledger, new Caller("caller " + i, "free"), "small", NOON, 100 - 10 * i);
      charge(ledger, new Caller("caller " + i, "free"), "small", NOON.plusSeconds(3600), i);
    }
    ledger.flush();
    Instant evening = NOON.plusSeconds(6 * 3600);
    assertThat(analytics.spend(Dimension.CALLER, Resolution.HOUR, NOON, evening, 2))
        .extracting(Point::start, Point::name, point -> point.totals().costNanoUsd())
        .containsExactly(
            tuple(NOON, Rollups.OTHERS, 80L + 70 + 60),
            tuple(NOON, "caller 0", 100L),
            tuple(NOON, "caller 1", 90L),
            tuple(NOON.plusSeconds(3600), Rollups.OTHERS, 2L + 3 + 4),
            tuple(NOON.plusSeconds(3600), "caller 0", 0L),
            tuple(NOON.plusSeconds(3600), "caller 1", 1L));
    clock.advance(Duration.ofDays(9));
    assertThat(analytics.topCallers(Resolution.HOUR, NOON, 0, 10)).isEmpty();
    assertThat(analytics.topCallers(Resolution.DAY, NOON, 0, 10)).hasSize(5);
    assertThat(analytics.dearestCalls(NOON, call -> true, 10)).isEmpty();
    clock.advance(Duration.ofDays(27));
    assertThat(analytics.topCallers(Resolution.DAY, NOON, 0, 10)).isEmpty();
    assertThat(analytics.topCallers(Resolution.MONTH, NOON, 0, 10)).hasSize(5);
  }

  @Test
  void tooLongAPeriodIsAnError() {
    assertThatThrownBy(
            () ->
                analytics.spend(
                    Dimension.TIER, Resolution.HOUR, DAY, DAY.plus(Duration.ofDays(32)), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("744");
  }

  @Test
  void floodOfModelsAndCallersIsAddedToOthers() throws Exception {
    Rollups rollups = new MemoryStore(100_000, clock).rollups();
    CallLedger ledger = ledger(rollups);
    for (int i = 0; i < 30_000; i++) {
      charge(ledger, new Caller("caller " + i, "free"), "model " + i, NOON, 1);
    }
    ledger.flush();
    Analytics of = new Analytics(rollups);
    List<Point> models = of.spend(Dimension.MODEL, Resolution.DAY, DAY, NOON, 1000);
    assertThat(models).hasSize(CallLedger.MAX_UNPRICED_MODELS + 1);
    assertThat(models.stream().mapToLong(point -> point.totals().costNanoUsd()).sum())
        .isEqualTo(30_000);
    Point most = of.topCallers(Resolution.DAY, NOON, 0, 1).get(0);
    assertThat(most.name()).isEqualTo(Rollups.OTHERS);
    assertThat(most.totals().costNanoUsd()).isEqualTo(30_000 - CallLedger.MAX_CELLS);
  }

  @Test
  void hundredThousandCallersOf13MonthsAreAnsweredQuickly() throws Exception {
    Store large = new MemoryStore(100_000, clock);
    List<Rollups.Row> rows = new ArrayList<>();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      Totals totals = new Totals(random.nextInt(1_000_000_000), 1, 0, 0, 10, 10, 0);
      rows.add(new Rollups.Row("caller " + i, totals.toValues()));
    }
    Instant first = Instant.parse("2025-03-01T00:00:00Z");
    for (Instant month : months(first)) {
      for (int i = 0; i < rows.size(); i += 1000) {
        large
            .rollups()
            .add(
                new Rollups.Addition(
                    Resolution.MONTH.callers(month),
                    Duration.ofDays(400).toNanos() / 1000,
                    "writer",
                    i + 1,
                    rows.subList(i, i + 1000)));
      }
    }
    Analytics of = new Analytics(large.rollups());
    String caller = "caller 5";
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      long start = System.nanoTime();
      assertThat(of.topCallers(Resolution.MONTH, NOON, 0, 100)).hasSize(100);
      assertThat(of.history(Dimension.CALLER, caller, Resolution.MONTH, first, NOON)).hasSize(13);
      nanos.add(System.nanoTime() - start);
    }
    long median = nanos.stream().sorted().toList().get(10);
    System.out.printf(
        "100,000 callers and 13 months in memory: top 100 and one's months in %.1f ms (median)%n",
        median / 1e6);
    assertThat(median).isLessThan(Duration.ofMillis(200).toNanos());
  }

  private static Iterable<Instant> months(Instant first) {
    return Resolution.MONTH.rollups(first, NOON).values().stream()
        .flatMap(starts -> starts.values().stream())
        .toList();
  }

  private void charge(CallLedger ledger, Caller caller, String model, Instant at, long nanoUsd) {
    charge(ledger, caller, "chat", model, at, nanoUsd);
  }

  private void charge(
      CallLedger ledger, Caller caller, String route, String model, Instant at, long nanoUsd) {
    Call call = Call.of(caller, route).model(model).estimate(1, 1);
    String id = "call " + calls++;
    ledger.charged(
        call,
        Usage.of(1, 1),
        new CallRecord(id, at, "free", route, model, 1, 1, nanoUsd, CallRecord.Outcome.SETTLED));
  }

  private static Point point(String start, String name, long nanoUsd) {
    long calls = nanoUsd / 5;
    return new Point(Instant.parse(start), name, new Totals(nanoUsd, 0, 0, 0, calls, calls, 0));
  }

  /** Fails half of the time, sometimes after it has done what it was asked. */
  private static class FaultyRollups implements Rollups {

    private final Rollups rollups;
    private final Random random;

    FaultyRollups(Rollups rollups, Random random) {
      this.rollups = rollups;
      this.random = random;
    }

    Rollups rollups() {
      return rollups;
    }

    @Override
    public void add(Addition addition) throws StoreException {
      int luck = random.nextInt(4);
      if (luck > 0) {
        rollups.add(addition);
      }
      if (luck < 2) {
        throw new StoreException("no answer");
      }
    }

    @Override
    public List<Row> largest(String rollup, int offset, int limit) throws StoreException {
      return rollups.largest(rollup, offset, limit);
    }

    @Override
    public List<Row> find(String rollup, List<String> keys) throws StoreException {
      return rollups.find(rollup, keys);
    }
  }
}
