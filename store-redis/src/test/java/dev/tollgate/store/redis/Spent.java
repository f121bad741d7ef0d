package dev.tollgate.store.redis;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Limit;
import dev.tollgate.LimitState;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Window;
import dev.tollgate.store.Store;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What calls have really used, whichever engine settled them, and how far a store is from knowing
 * it. Thread-safe.
 */
final class Spent {

  static final String ROUTE = "chat";

  /** Its limits are far away. */
  static final Tier TIER =
      Tier.of(
          "free",
          Limit.of(Meter.COST, Store.MAX_AMOUNT, month()),
          Limit.of(Meter.REQUESTS, Store.MAX_AMOUNT, month()));

  static Window month() {
    return new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC);
  }

  /** What a caller has used. */
  private record Sum(LongAdder calls, LongAdder nanoUsd) {}

  /** By the caller's id. */
  private final Map<String, Sum> callers = new ConcurrentHashMap<>();

  private final Map<String, LongAdder> models = new ConcurrentHashMap<>();

  void add(Call call, long nanoUsd) {
    Sum sum =
        callers.computeIfAbsent(
            call.caller().id(), absent -> new Sum(new LongAdder(), new LongAdder()));
    sum.calls.increment();
    sum.nanoUsd.add(nanoUsd);
    models.computeIfAbsent(call.model(), absent -> new LongAdder()).add(nanoUsd);
  }

  /** Of all callers, with a model. */
  long nanoUsd(String model) {
    LongAdder sum = models.get(model);
    return sum == null ? 0 : sum.sum();
  }

  /**
   * What a store has of callers, and these have not used, or the other way round.
   *
   * @param calls how many calls
   * @param nanoUsd nano-USD; callers' differences are added up whatever their sign
   * @param doubled the part of it that they have not used
   * @param held nano-USD of calls that have not ended
   */
  record Difference(long calls, long nanoUsd, long doubled, long held) {

    static final Difference NONE = new Difference(0, 0, 0, 0);

    private static Difference of(Sum sum, LimitState cost, LimitState requests) {
      long more = cost.used() - sum.nanoUsd.sum();
      return new Difference(
          Math.abs(requests.used() - sum.calls.sum()),
          Math.abs(more),
          Math.max(0, more),
          cost.held());
    }

    private Difference plus(Difference other) {
      return new Difference(
          calls + other.calls, nanoUsd + other.nanoUsd, doubled + other.doubled, held + other.held);
    }

    @Override
    public String toString() {
      return String.format(
          "%d calls, %s USD (%s too much), held %s USD",
          calls, Money.usd(nanoUsd), Money.usd(doubled), Money.usd(held));
    }
  }

  /** Of the callers whose names begin so, as the store of an engine has them. */
  Difference difference(Tollgate engine, String group) {
    Difference difference = Difference.NONE;
    for (Map.Entry<String, Sum> each : callers.entrySet()) {
      if (each.getKey().startsWith(group)) {
        List<LimitState> states = engine.limits(new Caller(each.getKey(), TIER.name()), ROUTE);
        difference = difference.plus(Difference.of(each.getValue(), states.get(0), states.get(1)));
      }
    }
    return difference;
  }
}
