package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.Optional;
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
  void hoursDaysAndMonthsAreTold() {
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
                Instant.parse("2026-03-10T13:00:01Z")))
        .containsExactly(
            point("2026-03-10T12:00:00Z", "small", 5), point("2026-03-10T13:00:00Z", "small", 5));
    Instant from = Instant.parse("2026-02-01T00:00:00Z");
    Instant to = Instant.parse("2026-04-01T00:00:00Z");
    assertThat(analytics.spend(Dimension.TIER, Resolution.DAY, from, to))
        .containsExactly(
            point("2026-02-28T00:00:00Z", "pro", 5),
            point("2026-03-01T00:00:00Z", "pro", 5),
            point("2026-03-10T00:00:00Z", "pro", 10));
    assertThat(analytics.history(ANN, Resolution.MONTH, from, to))
        .containsExactly(
            point("2026-02-01T00:00:00Z", "ann", 5), point("2026-03-01T00:00:00Z", "ann", 15));
    assertThat(analytics.topCallers(Resolution.DAY, NOON, 0, 10))
        .containsExactly(point("2026-03-10T00:00:00Z", "ann", 10));
  }

  @Test
  void tooLongAPeriodIsAnError() {
    assertThatThrownBy(
            () ->
                analytics.spend(
                    Dimension.TIER, Resolution.HOUR, DAY, DAY.plus(Duration.ofDays(32))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("744");
    assertThatThrownBy(() -> analytics.topCallers(Resolution.HOUR, NOON, 0, 10))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void floodOfModelsAndCallersIsAddedToOthers() {
    Rollups rollups = new MemoryStore(100_000, clock).rollups();
    CallLedger ledger = ledger(rollups);
    for (int i = 0; i < 30_000; i++) {
      charge(ledger, new Caller("caller " + i, "free"), "model " + i, NOON, 1);
    }
    ledger.flush();
    Analytics of = new Analytics(rollups);
    List<Point> models = of.spend(Dimension.MODEL, Resolution.DAY, DAY, NOON);
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
    Caller caller = new Caller("caller 5", "free");
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      long start = System.nanoTime();
      assertThat(of.topCallers(Resolution.MONTH, NOON, 0, 100)).hasSize(100);
      assertThat(of.history(caller, Resolution.MONTH, first, NOON)).hasSize(13);
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

  private static void charge(
      CallLedger ledger, Caller caller, String model, Instant at, long nanoUsd) {
    Call call = Call.of(caller, "chat").model(model).estimate(1, 1);
    ledger.charged(
        call,
        Usage.of(1, 1),
        new CallRecord("id", at, "free", "chat", model, 1, 1, nanoUsd, CallRecord.Outcome.SETTLED));
  }

  private static Point point(String start, String name, long nanoUsd) {
    long calls = nanoUsd / 5;
    return new Point(Instant.parse(start), name, new Totals(nanoUsd, 0, 0, 0, calls, calls, 0));
  }

  /** Fails half of the time, sometimes after it has done what it was asked. */
  private record FaultyRollups(Rollups rollups, Random random) implements Rollups {

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
    public Optional<Row> find(String rollup, String key) throws StoreException {
      return rollups.find(rollup, key);
    }
  }
}
