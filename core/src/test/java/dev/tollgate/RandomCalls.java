package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Analytics.Dimension;
import dev.tollgate.Analytics.Part;
import dev.tollgate.Analytics.Point;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Random calls of engines that share a store, and what the analytics must say of them. */
public final class RandomCalls {

  private static final int CALLERS = 300;

  private final List<Tollgate> engines;
  private final long seed;
  private final Map<String, Totals> expected = new ConcurrentHashMap<>();

  public RandomCalls(List<Tollgate> engines, long seed) {
    this.engines = engines;
    this.seed = seed;
  }

  /** Some callers are refused, some restricted; one model has no price. */
  public static Policies policies() {
    Window day = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);
    return Policies.of(
        List.of(
            Tier.of("free", Limit.of(Meter.TOKENS, 200_000, day)),
            Tier.of("pro", Limit.of(Meter.REQUESTS, 1_000_000, day))),
        List.of(Route.of("chat"), Route.of("search")),
        new PriceBook(
            Map.of(
                "small", Price.of(150_000_007, 600_000_011),
                "large", Price.of(3_000_000_019L, 15_000_000_023L))));
  }

  /** Makes so many calls, with some threads for each engine. */
  public void run(int calls, int threads) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Random random = new Random(seed + i);
        Tollgate engine = engines.get(i % engines.size());
        done.add(
            executor.submit(
                () -> {
                  for (int j = 0; j < calls / threads; j++) {
                    call(engine, random);
                  }
                }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private void call(Tollgate engine, Random random) {
    int number = random.nextInt(CALLERS);
    Caller caller = new Caller("caller " + number, number % 3 == 0 ? "pro" : "free");
    String model = List.of("", "small", "large", "unheard of").get(random.nextInt(4));
    Call call = Call.of(caller, random.nextBoolean() ? "chat" : "search").model(model);
    if (random.nextInt(10) > 0) {
      call = call.estimate(random.nextInt(2000), random.nextInt(1000));
    }
    Decision decision = engine.reserve(call);
    if (decision instanceof Decision.Refused) {
      expect(call, model, new Totals(0, 0, 0, 1, 0, 0, 0));
      return;
    }
    Reservation reservation = decision.orThrow();
    long restricted = decision instanceof Decision.Restricted ? 1 : 0;
    expect(call, reservation.model(), new Totals(0, 1, restricted, 0, 0, 0, 0));
    if (call.settled()) {
      end(call, reservation, random);
    }
  }

  private void end(Call call, Reservation reservation, Random random) {
    int how = random.nextInt(10);
    if (how == 0) {
      reservation.cancel();
      return;
    }
    CallRecord row =
        how == 1
            ? reservation.settleAsReserved()
            : reservation.settle(Usage.of(random.nextInt(3000), random.nextInt(1500)));
    long estimated = row.outcome() == CallRecord.Outcome.ESTIMATED ? 1 : 0;
    Totals totals =
        new Totals(row.costNanoUsd(), 0, 0, 0, row.inputTokens(), row.outputTokens(), estimated);
    expect(call, row.model(), totals);
  }

  private void expect(Call call, String model, Totals totals) {
    expected.merge("TIER " + call.caller().tier(), totals, Totals::plus);
    expected.merge("ROUTE " + call.route(), totals, Totals::plus);
    expected.merge("MODEL " + model, totals, Totals::plus);
    expected.merge("PROVIDER ", totals, Totals::plus);
    expected.merge("CALLER " + call.caller().id(), totals, Totals::plus);
  }

  /** What all calls cost, in nano-USD. */
  public long cost() {
    return expected.get("PROVIDER ").costNanoUsd();
  }

  /** Fails unless every sum between these times is what the calls came to. */
  public void assertSumsOf(Analytics analytics, Instant from, Instant to) throws Exception {
    for (Resolution resolution : Resolution.values()) {
      for (Dimension dimension : Dimension.values()) {
        Map<String, Totals> found = new TreeMap<>();
        analytics
            .spend(dimension, resolution, from, to, Analytics.MAX_NAMES)
            .forEach(point -> add(found, dimension + " " + point.name(), point));
        assertThat(found)
            .as("seed %d, %s by %s", seed, dimension, resolution)
            .isEqualTo(expected(dimension.name()));
        assertThat(sum(analytics.spend(dimension, resolution, from, to, 2)))
            .as("seed %d, two of all by %s, and the rest", seed, dimension)
            .isEqualTo(expected("PROVIDER").get("PROVIDER "));
      }
      assertParts(analytics.parts(resolution, from, to));
      assertThat(sum(analytics.total(resolution, from, to)))
          .isEqualTo(expected("PROVIDER").get("PROVIDER "));
    }
    assertCallers(analytics, from, to);
  }

  private void assertParts(List<Part> parts) {
    Map<String, Totals> found = new TreeMap<>();
    for (Part part : parts) {
      found.merge("TIER " + part.tier(), part.totals(), Totals::plus);
      found.merge("ROUTE " + part.route(), part.totals(), Totals::plus);
      found.merge("MODEL " + part.model(), part.totals(), Totals::plus);
      found.merge("PROVIDER " + part.provider(), part.totals(), Totals::plus);
    }
    Map<String, Totals> wanted = new TreeMap<>(expected);
    wanted.keySet().removeIf(key -> key.startsWith("CALLER "));
    assertThat(found).as("seed %d, parts", seed).isEqualTo(wanted);
  }

  private static Totals sum(List<Point> points) {
    return points.stream().map(Point::totals).reduce(Totals.NOTHING, Totals::plus);
  }

  private void assertCallers(Analytics analytics, Instant from, Instant to) throws Exception {
    Map<String, Totals> months = new TreeMap<>();
    List<Point> top = analytics.topCallers(Resolution.MONTH, from, 0, 1000);
    top.forEach(point -> add(months, "CALLER " + point.name(), point));
    assertThat(months).as("seed %d, callers", seed).isEqualTo(expected("CALLER"));
    assertThat(top.stream().map(point -> -point.totals().costNanoUsd())).isSorted();
    for (Point point : top.subList(0, 10)) {
      assertThat(sum(analytics.history(Dimension.CALLER, point.name(), Resolution.DAY, from, to)))
          .as("seed %d, %s", seed, point.name())
          .isEqualTo(point.totals());
    }
  }

  private static void add(Map<String, Totals> sums, String key, Point point) {
    sums.merge(key, point.totals(), Totals::plus);
  }

  private Map<String, Totals> expected(String kind) {
    Map<String, Totals> some = new TreeMap<>(expected);
    some.keySet().removeIf(key -> !key.startsWith(kind + " "));
    return some;
  }
}
