package dev.tollgate;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A key of an AI provider, and the calls that are made with it.
 *
 * @param name the key's name in configuration, such as {@code openai}
 * @param routes routes whose calls go to it, whatever their model
 * @param models what the names of its models look like; {@code *} stands for any characters
 * @param budget its hard limit; empty when it has none
 */
public record Provider(
    String name, Set<String> routes, List<String> models, Optional<ProviderBudget> budget) {

  /**
   * @throws IllegalArgumentException when the name is out of its range, or the budget is that of
   *     another provider
   */
  public Provider {
    routes = Set.copyOf(routes);
    models = List.copyOf(models);
    if (name.isEmpty() || name.length() > SpendScope.MAX_NAME_LENGTH) {
      throw new IllegalArgumentException(
          "provider name '"
              + name
              + "' must have 1 to "
              + SpendScope.MAX_NAME_LENGTH
              + " characters");
    }
    if (budget.filter(other -> !other.provider().equals(name)).isPresent()) {
      throw new IllegalArgumentException("provider " + name + " has the budget of another one");
    }
  }

  /** One without a hard limit. */
  public Provider(String name, Set<String> routes, List<String> models) {
    this(name, routes, models, Optional.empty());
  }

  /**
   * The same provider with a hard limit.
   *
   * @see ProviderBudget
   * @throws IllegalArgumentException when an argument is out of its range
   */
  public Provider hardLimit(Limit limit, long essentialReserve, long slice) {
    return new Provider(
        name,
        routes,
        models,
        Optional.of(new ProviderBudget(name, limit, essentialReserve, slice)));
  }

  /** Whether a model's name looks like one of its models'. */
  public boolean isOfModel(String model) {
    return models.stream().anyMatch(pattern -> matches(pattern, 0, model, 0));
  }

  /**
   * A pattern has at most a few stars, and a model's name is short: trying each place is enough.
   */
  private static boolean matches(String pattern, int p, String model, int m) {
    if (p == pattern.length()) {
      return m == model.length();
    }
    if (pattern.charAt(p) == '*') {
      return matches(pattern, p + 1, model, m)
          || (m < model.length() && matches(pattern, p, model, m + 1));
    }
    return m < model.length()
        && pattern.charAt(p) == model.charAt(m)
        && matches(pattern, p + 1, model, m + 1);
  }
}
