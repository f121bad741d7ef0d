package dev.tollgate;

import dev.tollgate.Decision.Refusal.SpendHalted;
import dev.tollgate.SpendScope.Kind;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The breakers of all scopes that the policies watch, as this process sees them: counts what is
 * spent, shares it with the other processes every {@link #PERIOD}, and halts calls by the verdict
 * that they share. Thread-safe; calls take no lock.
 *
 * <p>Of a call's scopes the narrowest that halts it refuses it, and it alone counts what the call
 * would have cost: a tier that runs away is halted without keeping the whole application halted.
 */
final class SpendBreakers {

  static final Duration PERIOD = Duration.ofSeconds(5);
  private static final String ACCOUNT = "tollgate-breakers";
  private static final Kind[] NARROWEST_FIRST = {
    Kind.ROUTE, Kind.TIER, Kind.PROVIDER, Kind.APPLICATION
  };
  private static final Comparator<BreakerStatus> WIDEST_FIRST =
      Comparator.comparing((BreakerStatus status) -> status.scope().kind())
          .thenComparing(status -> status.scope().name());
  private static final Duration LEAST_TIME = Duration.ofMinutes(1);
  private static final long LEAST_PAUSE_MICROS = 1_000_000L;

  /** One in so many calls goes on while a breaker is half open. */
  private static final int HALF_OPEN_SHARE = 10;

  /** The policies and a meter for each scope that they watch. Immutable. */
  private record Watch(Policies policies, Map<Kind, Map<String, SpendMeter>> meters) {

    BreakerPolicy breaker() {
      return policies.spending().breaker();
    }

    @Nullable SpendMeter meter(SpendScope scope) {
      return meters.getOrDefault(scope.kind(), Map.of()).get(scope.name());
    }

    @Nullable SpendMeter meter(Kind kind, Call call, String model) {
      Map<String, SpendMeter> named = meters.get(kind);
      return named == null
          ? null
          : switch (kind) {
            case APPLICATION -> named.get("");
            case TIER -> named.get(call.caller().tier());
            case ROUTE -> named.get(call.route());
            case PROVIDER ->
                policies
                    .spending()
                    .provider(call.route(), model)
                    .map(provider -> named.get(provider.name()))
                    .orElse(null);
          };
    }

    List<SpendMeter> all() {
      return meters.values().stream().flatMap(named -> named.values().stream()).toList();
    }
  }

  private final StoreGuard guard;
  private final InstantSource clock;
  private final Consumer<Alert> alerts;
  private final SpendSharing sharing;
  private final Pauses pauses;
  private final ReentrantLock merging = new ReentrantLock();
  private volatile Watch watch;

  /** How far the store's clock is ahead of ours. */
  private volatile long offsetMicros;

  private volatile List<BreakerStatus> statuses = List.of();

  /**
   * @param process this process: nobody else's name, at most 20 characters
   * @param executor runs those who wait for the end of a pause
   */
  SpendBreakers(
      Policies policies,
      StoreGuard guard,
      InstantSource clock,
      String process,
      Executor executor,
      Consumer<Alert> alerts) {
    this.guard = guard;
    this.clock = clock;
    pauses = new Pauses(executor);
    this.alerts = alerts;
    sharing = new SpendSharing(guard, process, this::report);
    watch = new Watch(policies, Map.of());
    use(policies);
  }

  /** Goes by other policies; what was counted in scopes that remain stays counted. */
  void use(Policies policies) {
    merging.lock();
    try {
      Map<Kind, Map<String, SpendMeter>> meters = new EnumMap<>(Kind.class);
      for (SpendScope scope : policies.spending().breaker().expectedMonthly().keySet()) {
        SpendMeter known = watch.meter(scope);
        meters
            .computeIfAbsent(scope.kind(), absent -> new HashMap<>())
            .put(scope.name(), known == null ? new SpendMeter(scope) : known);
      }
      watch = new Watch(policies, meters);
      share();
    } finally {
      merging.unlock();
    }
  }

  /**
   * Why a call is halted; empty when it goes on.
   *
   * @param id decides whether it is among those that go on while a breaker is half open
   */
  Optional<SpendHalted> halt(Call call, Criticality criticality, String id) {
    Watch now = watch;
    if (now.meters().isEmpty() || criticality == Criticality.ESSENTIAL || !costs(call)) {
      return Optional.empty();
    }
    for (Kind kind : NARROWEST_FIRST) {
      SpendMeter meter = now.meter(kind, call, call.model());
      if (meter != null && halts(meter.verdict().state(), id)) {
        long wait = meter.verdict().resumesMicros() - nowMicros();
        return Optional.of(
            new SpendHalted(
                meter.scope(), Duration.ofNanos(Math.max(LEAST_PAUSE_MICROS, wait) * 1000)));
      }
    }
    return Optional.empty();
  }

  /** A call that settles nothing and estimates nothing spends nothing. */
  private static boolean costs(Call call) {
    return call.settled() || !call.estimate().equals(Estimate.NONE);
  }

  private static boolean halts(BreakerState state, String id) {
    return switch (state) {
      case CLOSED -> false;
      case OPEN -> true;
      case HALF_OPEN -> Math.floorMod(spread(id.hashCode()), HALF_OPEN_SHARE) != 0;
    };
  }

  /** Ids are consecutive: without this so would be their hashes. */
  private static int spread(int hash) {
    int spread = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    return spread ^ (spread >>> 13);
  }

  /** Counts what a call that was halted would likely have cost, in nano-USD. */
  void refused(SpendHalted halted, long cost) {
    SpendMeter meter = watch.meter(halted.scope());
    if (meter != null) {
      meter.refused(SharedSpend.minute(nowMicros()), cost);
    }
  }

  /**
   * Counts what a call cost.
   *
   * @param model what was called, after a restriction
   * @param cost nano-USD, 0 or more
   */
  void settled(Call call, String model, long cost) {
    Watch now = watch;
    if (now.meters().isEmpty() || cost == 0) {
      return;
    }
    long minute = SharedSpend.minute(nowMicros());
    for (Kind kind : NARROWEST_FIRST) {
      SpendMeter meter = now.meter(kind, call, model);
      if (meter != null) {
        meter.settled(minute, cost);
      }
    }
  }

  /** Which calls are paused. */
  Pauses pauses() {
    return pauses;
  }

  /** The scopes that are watched, the widest first. */
  List<BreakerStatus> statuses() {
    return statuses;
  }

  /**
   * Does what an operator says, for a time.
   *
   * @throws IllegalArgumentException when the scope is not watched, or the time out of its range
   */
  void control(SpendScope scope, BreakerControl control, Duration time) {
    if (time.compareTo(LEAST_TIME) < 0 || time.compareTo(BreakerControl.MAX_TIME) > 0) {
      throw new IllegalArgumentException(
          "an order for " + time + ": choose " + LEAST_TIME + " to " + BreakerControl.MAX_TIME);
    }
    if (watch.meter(scope) == null) {
      throw new IllegalArgumentException(
          scope.label()
              + " is not watched: watched are "
              + statuses.stream().map(status -> status.scope().label()).toList());
    }
    merging.lock();
    try {
      sharing.order(scope, BreakerOrder.of(control, endMinute(time)));
      share();
    } finally {
      merging.unlock();
    }
  }

  /** The first that begins after so long a time. */
  private long endMinute(Duration time) {
    long endMicros = nowMicros() + time.toNanos() / 1000;
    return SharedSpend.minute(endMicros + SharedSpend.MINUTE_MICROS - 1);
  }

  /** Shares what was spent, and learns what the other processes spent. */
  void tick() {
    merging.lock();
    try {
      share();
    } finally {
      merging.unlock();
    }
  }

  private void share() {
    Watch now = watch;
    if (now.meters().isEmpty()) {
      know(now);
      return;
    }
    for (SpendMeter meter : now.all()) {
      meter.take((minute, spend) -> sharing.add(meter.scope(), minute, spend));
    }
    try {
      long localMicros = localMicros();
      long storeMicros = guard.readInStore(ACCOUNT, List.of()).atMicros();
      offsetMicros = storeMicros - localMicros;
      sharing.merge(now.breaker(), storeMicros);
    } catch (StoreException unanswered) {
      // the guard has said so: the last verdict stays, and what was not written is kept
      sharing.goOnAlone(now.breaker(), nowMicros());
    }
    know(now);
  }

  private void know(Watch now) {
    SharedSpend known = sharing.known();
    List<BreakerStatus> after = new ArrayList<>();
    for (SpendMeter meter : now.all()) {
      meter.know(known.verdict(meter.scope(), now.breaker()));
      known.status(meter.scope()).ifPresent(after::add);
    }
    after.sort(WIDEST_FIRST);
    statuses = List.copyOf(after);
    pauses.know(now.policies().shadow() ? List.of() : statuses);
  }

  private void report(BreakerChange change) {
    boolean shadow = watch.policies().shadow();
    alerts.accept(BreakerAlert.of(change, LimitState.instant(nowMicros()), shadow));
  }

  private long nowMicros() {
    return localMicros() + offsetMicros;
  }

  private long localMicros() {
    return clock.millis() * 1000;
  }
}
