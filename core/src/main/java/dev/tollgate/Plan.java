package dev.tollgate;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Bound;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The limits that one tier's calls of one route are charged against. Immutable. */
final class Plan {

  /** The percentage of its limits that a plan has unless an operator raises them. */
  static final int WHOLE = 100;

  /**
   * A limit as the store sees it.
   *
   * @param ofRoute whether it is the route's own
   * @param restrictedOnly whether only restricted calls are charged against it
   */
  private record Entry(Limit limit, Bound bound, boolean ofRoute, boolean restrictedOnly) {

    /** What a call takes of the limit, if these are the amounts that it takes of meters. */
    long of(Amounts amounts, Call call) {
      return ofRoute && limit.meter() == Meter.REQUESTS
          ? call.routeRequests()
          : amounts.of(limit.meter());
    }
  }

  private final Tier tier;
  private final Route route;
  private final PriceBook prices;
  private final Optional<AnomalyWatch> watch;
  private final List<Entry> entries = new ArrayList<>();

  Plan(Tier tier, Route route, PriceBook prices, AnomalyPolicy anomalies) {
    this.tier = tier;
    this.route = route;
    this.prices = prices;
    this.watch = AnomalyWatch.of(anomalies, tier);
    tier.limits().forEach(limit -> add(limit, false, false));
    route.limits().forEach(limit -> add(limit.under(route.name() + "/"), true, false));
    tier.restrictedRates().forEach(limit -> add(limit.under("restricted/"), false, true));
  }

  private void add(Limit limit, boolean ofRoute, boolean restrictedOnly) {
    entries.add(new Entry(limit, limit.bound(tier.ladder()), ofRoute, restrictedOnly));
  }

  Tier tier() {
    return tier;
  }

  /**
   * What a call is charged.
   *
   * @param likely what it will likely use: at most its estimate
   */
  List<Charge> charges(Call call, Estimate likely) {
    Restriction restriction = tier.restriction();
    Amounts amount = amounts(call, call.model(), likely);
    Amounts worst = amounts(call, call.model(), call.estimate());
    Amounts reduced =
        amounts(call, restriction.modelFor(call.model()), restriction.clamp(call.estimate()));
    List<Charge> charges = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      String counter = entry.limit.name();
      long less = entry.of(reduced, call);
      charges.add(
          entry.restrictedOnly
              ? new Charge(counter, entry.bound, 0, less)
              : new Charge(
                  counter, entry.bound, entry.of(amount, call), entry.of(worst, call), less));
    }
    watch.ifPresent(watching -> charges.add(watching.charge(call)));
    return charges;
  }

  /** How much the application needs a call. */
  Criticality criticality(Call call) {
    return call.criticality().orElse(route.criticality());
  }

  /** The most that a call can cost, whole or restricted. */
  long worstCost(Call call) {
    long whole = prices.price(call.model()).worstCost(most(call, call.estimate()));
    return tier.restriction().model().isEmpty()
        ? whole
        : Math.max(whole, worstRestrictedCost(call));
  }

  /** The most that a call can cost once it is restricted. */
  long worstRestrictedCost(Call call) {
    Restriction restriction = tier.restriction();
    return prices
        .price(restriction.modelFor(call.model()))
        .worstCost(most(call, restriction.clamp(call.estimate())));
  }

  /** What a call is estimated at, with the most input that it can have. */
  private static Estimate most(Call call, Estimate estimate) {
    long input = Math.max(call.mostInputTokens(), estimate.inputTokens());
    return new Estimate(input, estimate.outputTokens());
  }

  /** What a call takes of each meter: the most that an estimate can cost. */
  Amounts amounts(Call call, String model, Estimate estimate) {
    return new Amounts(
        call.requests(), estimate.toUsage().totalTokens(), prices.price(model).worstCost(estimate));
  }

  /** What a call has taken of each meter. */
  Amounts amounts(Call call, String model, Usage usage) {
    return new Amounts(call.requests(), usage.totalTokens(), prices.price(model).cost(usage));
  }

  /**
   * What a call has cost.
   *
   * @param asked the model that it asked for
   * @param answeredBy the model that its answer names; a name that is too long is none
   */
  long cost(String asked, String answeredBy, Usage usage) {
    long cost = prices.price(asked).cost(usage);
    Optional<Price> answering =
        answeredBy.length() > Call.MAX_MODEL_LENGTH ? Optional.empty() : prices.find(answeredBy);
    if (answering.isEmpty()) {
      return cost;
    }
    long answered = answering.get().cost(usage);
    return prices.find(asked).isEmpty() ? answered : Math.max(cost, answered);
  }

  /** The actual amounts of a settlement, one for each part of its hold. */
  List<Long> actual(Call call, Amounts amounts, List<Hold.Part> parts) {
    List<Long> actual = new ArrayList<>(parts.size());
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      boolean untouched = entry.restrictedOnly && parts.get(i).amount() == 0;
      actual.add(untouched ? 0L : entry.of(amounts, call));
    }
    watch.ifPresent(unsettled -> actual.add(call.requests()));
    return actual;
  }

  /** Empty when the tier's callers are not watched. */
  Optional<AnomalyWatch> watch() {
    return watch;
  }

  List<LimitState> states(Receipt receipt) {
    List<LimitState> states = new ArrayList<>(entries.size());
    for (int i = 0; i < limits(receipt); i++) {
      states.add(LimitState.of(entries.get(i).limit, receipt.balances().get(i)));
    }
    return states;
  }

  /**
   * The quotas that a restricted call does not fit into whole.
   *
   * @param charges what it asked for
   * @param receipt what it took; nothing if it was only asked about
   */
  List<Limit> causes(List<Charge> charges, Receipt receipt) {
    List<Hold.Part> parts = receipt.admitted().map(Hold::parts).orElse(List.of());
    List<Limit> causes = new ArrayList<>();
    for (int i = 0; i < limits(receipt); i++) {
      long taken = i < parts.size() ? parts.get(i).amount() : 0;
      if (charges.get(i).bound() instanceof Quota quota
          && passes(quota, charges.get(i), receipt.balances().get(i), taken)) {
        causes.add(entries.get(i).limit);
      }
    }
    return causes;
  }

  /** Whether a charge would have passed a quota before a smaller amount was taken in its place. */
  private static boolean passes(Quota quota, Charge charge, Balance after, long taken) {
    long posted = after.posted() - taken;
    return posted + after.held() + charge.amount() > quota.soft()
        || posted + after.exposure() + charge.worst() > quota.hard();
  }

  /** How many of the balances are those of limits: all of them are, or none is told. */
  int limits(Receipt receipt) {
    return Math.min(entries.size(), receipt.balances().size());
  }

  Limit limit(int index) {
    return entries.get(index).limit;
  }
}
