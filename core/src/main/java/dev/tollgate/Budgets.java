package dev.tollgate;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The budgets of all providers, as this process takes part in them. Thread-safe. */
final class Budgets implements AutoCloseable {

  /** What is in force: an account for each budget, in the order of these. */
  private record State(Spending spending, Map<String, BudgetAccount> accounts) {

    Optional<BudgetAccount> account(String route, String model) {
      return accounts.isEmpty()
          ? Optional.empty()
          : spending.budget(route, model).map(budget -> accounts.get(budget.provider()));
    }
  }

  private final StoreGuard guard;
  private final ReservationIds ids;
  private final StoreTime time;
  private final Consumer<Alert> alerts;
  private final LimitReviews reviews;
  private final List<BudgetAccount> retired = new CopyOnWriteArrayList<>();
  private volatile State state = new State(Spending.UNBOUNDED, Map.of());

  /**
   * @param callers what callers could cost in a month by their quotas, as far as it is known
   */
  Budgets(
      StoreGuard guard,
      ReservationIds ids,
      InstantSource clock,
      Consumer<Alert> alerts,
      Supplier<OptionalLong> callers) {
    this.guard = guard;
    this.ids = ids;
    this.time = new StoreTime(clock);
    this.alerts = alerts;
    reviews = new LimitReviews(guard, time, alerts, callers);
  }

  /** Goes by other budgets from now on; what was leased and spent stays so. */
  synchronized void reload(Spending spending) {
    Map<String, BudgetAccount> before = new LinkedHashMap<>(state.accounts());
    Map<String, BudgetAccount> after = new LinkedHashMap<>();
    for (ProviderBudget budget : spending.budgets()) {
      BudgetAccount account = before.get(budget.provider());
      if (account != null && account.isOf(budget)) {
        account.change(budget);
        before.remove(budget.provider());
      } else {
        account = new BudgetAccount(budget, guard, ids, time, alerts);
      }
      after.put(budget.provider(), account);
    }
    state = new State(spending, Collections.unmodifiableMap(after));
    before.values().forEach(BudgetAccount::retire);
    retired.addAll(before.values());
  }

  /**
   * Takes of a provider's budget what a call can cost at most.
   *
   * @param model that it will use
   */
  BudgetClaim claim(Call call, String model, Criticality criticality, long worst) {
    return state
        .account(call.route(), model)
        .map(account -> account.claim(worst, criticality == Criticality.ESSENTIAL))
        .orElse(BudgetClaim.NONE);
  }

  /** What a call takes instead once it is known that it is restricted to another model. */
  BudgetClaim restricted(
      BudgetClaim claim, Call call, String model, Criticality criticality, long worst) {
    State now = state;
    if (claim == BudgetClaim.UNCLAIMED
        || now.account(call.route(), call.model()).equals(now.account(call.route(), model))) {
      claim.change(worst);
      return claim;
    }
    claim.cancel();
    return claim(call, model, criticality, worst);
  }

  /** Why {@link #claim} would be refused now; takes nothing. */
  Optional<Decision.Refusal> check(Call call, Criticality criticality, long worst) {
    return state
        .account(call.route(), call.model())
        .flatMap(account -> account.check(worst, criticality == Criticality.ESSENTIAL));
  }

  List<BudgetStatus> statuses() {
    State now = state;
    List<BudgetStatus> statuses = new ArrayList<>();
    for (ProviderBudget budget : now.spending().budgets()) {
      BudgetAccount account = now.accounts().get(budget.provider());
      if (account != null) {
        long expected = now.spending().expectedMonthly(budget.provider());
        statuses.add(
            account.status(reviews.of(budget.provider(), Optional.of(budget.limit()), expected)));
      }
    }
    return statuses;
  }

  /**
   * @throws IllegalArgumentException when the provider has no budget
   */
  void release(String provider) {
    account(provider).release();
  }

  private BudgetAccount account(String provider) {
    BudgetAccount account = state.accounts().get(provider);
    if (account == null) {
      throw new IllegalArgumentException(
          "no provider named '"
              + provider
              + "' has a budget: known are "
              + state.accounts().keySet());
    }
    return account;
  }

  /** What is due besides calls: for the background. */
  void tend() {
    State now = state;
    now.accounts().values().forEach(BudgetAccount::tend);
    retired.forEach(BudgetAccount::tend);
    retired.removeIf(BudgetAccount::isClosed);
    reviews.tend(now.spending());
  }

  /** Gives everything back that no call holds. Idempotent. */
  @Override
  public void close() {
    state.accounts().values().forEach(BudgetAccount::close);
    retired.forEach(BudgetAccount::close);
  }
}
