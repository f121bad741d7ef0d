package dev.tollgate;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What bounds spending beyond the limits of each caller.
 *
 * @param budgets the hard limits, each of another provider; a call belongs to the first that names
 *     its route, else to the first that matches its model, else to the only one there is
 * @param breaker when all spending is abnormal
 * @param anomalies when one caller's use is abnormal
 */
public record Spending(
    List<ProviderBudget> budgets, BreakerPolicy breaker, AnomalyPolicy anomalies) {

  public static final Spending UNBOUNDED =
      new Spending(List.of(), BreakerPolicy.OFF, AnomalyPolicy.OFF);

  /**
   * @throws IllegalArgumentException when two budgets are of one provider
   */
  public Spending {
    budgets = List.copyOf(budgets);
    Set<String> providers = new HashSet<>();
    for (ProviderBudget budget : budgets) {
      if (!providers.add(budget.provider())) {
        throw new IllegalArgumentException("provider " + budget.provider() + " has two budgets");
      }
    }
  }

  /** The budget that a call of a model on a route is charged to; empty when there is none. */
  public Optional<ProviderBudget> budget(String route, String model) {
    for (ProviderBudget budget : budgets) {
      if (budget.routes().contains(route)) {
        return Optional.of(budget);
      }
    }
    for (ProviderBudget budget : budgets) {
      if (budget.isOfModel(model)) {
        return Optional.of(budget);
      }
    }
    return budgets.size() == 1 ? Optional.of(budgets.get(0)) : Optional.empty();
  }
}
