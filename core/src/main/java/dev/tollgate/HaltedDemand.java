package dev.tollgate;

import dev.tollgate.store.Charge;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.StoreException;
import dev.tollgate.store.Surge;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the calls that a breaker halts would have cost. Only those count that their callers' own
 * limits would have let in: else a single caller who asks a hundred times a second, and would be
 * refused for it, kept spending halted for everybody. Charges nobody; thread-safe.
 *
 * <p>A halted call is charged to a shadow of its caller's account, which this process keeps by
 * itself: that bounds how fast and how often one is counted. If it fits there, the store is asked
 * once what it would have answered, for it knows what is used of quotas and who is flagged. The
 * shadow's limits are whole, not the share of one of several processes: a caller whose calls reach
 * one process alone counts in full, and one who floods all of them counts at most once in each.
 */
final class HaltedDemand {

  private final StoreGuard guard;
  private final Supplier<MemoryStore> accounts;
  private final OutputForecast forecast;
  private volatile MemoryStore shadow;

  /**
   * @param accounts makes a place for bounded accounts
   */
  HaltedDemand(StoreGuard guard, Supplier<MemoryStore> accounts, OutputForecast forecast) {
    this.guard = guard;
    this.accounts = accounts;
    this.forecast = forecast;
    shadow = accounts.get();
  }

  /** Forgets who was halted: for when nothing is halted any more. */
  void forget() {
    shadow = accounts.get();
  }

  /**
   * What a halted call would likely have cost: demand is compared with what calls have really cost.
   *
   * @param charges what it would have been charged
   * @return nano-USD; 0 if it would have been refused
   */
  long of(Plan plan, Call call, List<Charge> charges, String id) {
    Estimate average = forecast.average(call.route(), call.model(), call.estimate());
    if (!fitsShadow(plan, call.estimate(average), id)) {
      return 0;
    }
    try {
      return cost(plan, call, guard.read(call.caller().id(), charges));
    } catch (StoreException unanswered) {
      // nor would it have been let in
      return 0;
    }
  }

  private boolean fitsShadow(Plan plan, Call average, String id) {
    List<Charge> charges =
        plan.charges(average, average.estimate()).stream()
            .filter(charge -> !(charge.bound() instanceof Surge))
            .toList();
    Request request = new Request(average.caller().id(), id, charges, 0, "");
    return shadow.reserve(request).outcome() != Outcome.REFUSED;
  }

  private long cost(Plan plan, Call call, Receipt receipt) {
    return switch (receipt.outcome()) {
      case REFUSED -> 0;
      case REDUCED -> {
        Restriction restriction = plan.tier().restriction();
        yield cost(
            plan,
            call.model(restriction.modelFor(call.model())),
            restriction.clamp(call.estimate()));
      }
      default -> cost(plan, call, call.estimate());
    };
  }

  private long cost(Plan plan, Call call, Estimate most) {
    Usage average = forecast.average(call.route(), call.model(), most).toUsage();
    return plan.amounts(call, call.model(), average).costNanoUsd();
  }
}
