package dev.tollgate.simulation;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Criticality;
import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.OnStoreFailure;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Priority;
import dev.tollgate.Provider;
import dev.tollgate.Restriction;
import dev.tollgate.Route;
import dev.tollgate.SpendScope;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Window;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an application may be configured with, drawn from a seed: limits that a few calls use up.
 *
 * @param policies one to start with, and others to reload
 */
record Configuration(
    List<Policies> policies, OnStoreFailure onStoreFailure, ZoneId zone, Duration holdFor) {

  static final List<String> ROUTES = List.of("chat", "batch", "vital");
  static final List<String> MODELS = List.of("small", "large");
  static final List<String> TIERS = List.of("free", "pro");

  /** Half an hour, an hour and none of daylight saving; hours of whole and three quarters. */
  private static final List<String> ZONES =
      List.of(
          "UTC",
          "America/New_York",
          "Europe/Berlin",
          "Australia/Lord_Howe",
          "Asia/Kathmandu",
          "America/Santiago");

  private static final long CENT = 10_000_000;
  private static final PriceBook PRICES =
      new PriceBook(
          Map.of(
              "small", Price.of(150_000_007, 600_000_011),
              "large", Price.of(3_000_000_019L, 15_000_000_023L)));

  static Configuration of(SplittableRandom random) {
    ZoneId zone = ZoneId.of(pick(random, ZONES));
    boolean hasLadder = random.nextBoolean();
    boolean watchesCallers = random.nextInt(4) == 0;
    int breakerMinutes = 1 + random.nextInt(10);
    long expected = CENT * 100 * pick(random, List.of(5L, 50L, 500L));
    long scale = pick(random, List.of(15L, 40L, 100L, 1000L));
    Map<SpendScope, Long> watched = new LinkedHashMap<>();
    if (random.nextInt(3) == 0) {
      watched.put(SpendScope.APPLICATION, expected);
      watched.put(new SpendScope(SpendScope.Kind.PROVIDER, "beta"), expected / 2);
      watched.put(new SpendScope(SpendScope.Kind.ROUTE, "batch"), expected / 10);
    }
    BreakerPolicy breaker =
        new BreakerPolicy(random.nextInt(150, 400), breakerMinutes, random.nextBoolean(), watched);
    List<Policies> policies =
        Stream.of(100L, 60L, 170L)
            .map(
                percent ->
                    policies(
                        zone, hasLadder, watchesCallers, breaker, scale * percent / 100, random))
            .toList();
    OnStoreFailure failure = pick(random, List.of(OnStoreFailure.values()));
    return new Configuration(policies, failure, zone, Duration.ofSeconds(random.nextInt(30, 600)));
  }

  private static Policies policies(
      ZoneId zone,
      boolean hasLadder,
      boolean watchesCallers,
      BreakerPolicy breaker,
      long percent,
      SplittableRandom random) {
    Window days = new Window.Calendar(Window.Unit.DAY, zone);
    Window months = new Window.Calendar(Window.Unit.MONTH, zone);
    Tier free =
        tier(
            "free",
            hasLadder,
            Limit.rate(Meter.REQUESTS, part(10, percent), Duration.ofMinutes(1), part(6, percent)),
            Limit.rate(Meter.TOKENS, part(20_000, percent), Duration.ofHours(1), 12_000),
            Limit.of(Meter.REQUESTS, part(25, percent), days),
            Limit.of(Meter.TOKENS, part(40_000, percent), days),
            Limit.of(Meter.COST, part(30 * CENT, percent), months));
    Tier pro =
        tier(
            "pro",
            hasLadder,
            Limit.rate(Meter.COST, part(20 * CENT, percent), Duration.ofHours(1), 20 * CENT),
            Limit.of(Meter.TOKENS, part(60_000, percent), days),
            Limit.of(Meter.REQUESTS, part(400, percent), months));
    List<Route> routes =
        List.of(
            Route.of("chat"),
            new Route(
                "batch",
                Criticality.BACKGROUND,
                List.of(Limit.rate(Meter.REQUESTS, part(6, percent), Duration.ofMinutes(1), 4))),
            new Route("vital", Criticality.ESSENTIAL, List.of()));
    Spending spending =
        new Spending(
            List.of(
                budget("alpha", "small*", part(4 * CENT, percent), days, 0),
                budget(
                    "beta",
                    "large*",
                    part(150 * CENT, percent),
                    months,
                    part(15 * CENT, percent) * random.nextInt(2))),
            breaker,
            watchesCallers
                ? new AnomalyPolicy(AnomalyPolicy.Action.RESTRICT, Map.of("free", 2L, "pro", 3L))
                : AnomalyPolicy.OFF);
    return Policies.of(List.of(free, pro), routes, PRICES).with(spending);
  }

  private static Tier tier(String name, boolean hasLadder, Limit... limits) {
    return new Tier(
        name,
        List.of(limits),
        hasLadder ? Ladder.DEFAULT : Ladder.REFUSE,
        new Restriction(800, 100, name.equals("pro") ? "small" : "", Priority.LOW),
        List.of(Limit.rate(Meter.REQUESTS, 4, Duration.ofMinutes(1), 2)),
        Priority.NORMAL);
  }

  private static Provider budget(
      String provider, String models, long amount, Window window, long reserve) {
    return new Provider(provider, Set.of(), List.of(models))
        .hardLimit(Limit.of(Meter.COST, amount, window), reserve, Math.max(1, amount / 20));
  }

  private static long part(long amount, long percent) {
    return Math.max(1, amount * percent / 100);
  }

  static <T> T pick(SplittableRandom random, List<T> choice) {
    return choice.get(random.nextInt(choice.size()));
  }

  /** The provider that a call of a model belongs to. */
  Optional<String> provider(String route, String model) {
    return policies.get(0).spending().provider(route, model).map(Provider::name);
  }

  Set<String> providers() {
    return policies.get(0).spending().providers().stream()
        .map(Provider::name)
        .collect(Collectors.toSet());
  }
}
