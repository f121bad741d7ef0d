package dev.tollgate;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What bounds spending beyond the limits of each caller.
 *
 * @param providers each of another name, with or without a hard limit; a call belongs to the first
 *     that names its route, else to the first that matches its model, else to the only one there is
 * @param breaker when all spending is abnormal
 * @param anomalies when one caller's use is abnormal
 */
public record Spending(List<Provider> providers, BreakerPolicy breaker, AnomalyPolicy anomalies) {

  public static final Spending UNBOUNDED =
      new Spending(List.of(), BreakerPolicy.OFF, AnomalyPolicy.OFF);

  /**
   * @throws IllegalArgumentException when two providers have one name
   */
  public Spending {
    providers = List.copyOf(providers);
    Set<String> names = new HashSet<>();
    for (Provider provider : providers) {
      if (!names.add(provider.name())) {
        throw new IllegalArgumentException("there are two providers named " + provider.name());
      }
    }
  }

  /** The provider that a call of a model on a route belongs to; empty when there is none. */
  public Optional<Provider> provider(String route, String model) {
    return first(provider -> provider.routes().contains(route))
        .or(() -> first(provider -> provider.isOfModel(model)))
        .or(() -> providers.size() == 1 ? Optional.of(providers.get(0)) : Optional.empty());
  }

  private Optional<Provider> first(Predicate<Provider> belongs) {
    for (Provider provider : providers) {
      if (belongs.test(provider)) {
        return Optional.of(provider);
      }
    }
    return Optional.empty();
  }

  /** What a provider is expected to cost in a month, in nano-USD; 0 if nobody said. */
  long expectedMonthly(String provider) {
    SpendScope scope = new SpendScope(SpendScope.Kind.PROVIDER, provider);
    return breaker.expectedMonthly().getOrDefault(scope, 0L);
  }

  /** The budget that a call of a model on a route is charged to; empty when there is none. */
  public Optional<ProviderBudget> budget(String route, String model) {
    return provider(route, model).flatMap(Provider::budget);
  }

  /** The hard limits, in the order of the providers that have one. */
  public List<ProviderBudget> budgets() {
    return providers.stream().map(Provider::budget).flatMap(Optional::stream).toList();
  }
}
