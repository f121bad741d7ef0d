package dev.tollgate;

import dev.tollgate.store.Store;
import java.util.List;
import java.util.Set;

/**
 * The hard limit of one provider key: the most that all callers together may spend with it.
 *
 * @param provider the key's name in configuration, such as {@code openai}
 * @param routes routes whose calls go to it, whatever their model
 * @param models what the names of its models look like; {@code *} stands for any characters
 * @param limit cost in a calendar window
 * @param essentialReserve nano-USD at the end of the limit that only essential calls may spend: 0
 *     to the limit's amount
 * @param slice nano-USD that a process leases at a time: 1 to the limit's amount. What is left
 *     unspent when the limit is reached is less than this for each process
 */
public record ProviderBudget(
    String provider,
    Set<String> routes,
    List<String> models,
    Limit limit,
    long essentialReserve,
    long slice) {

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public ProviderBudget {
    routes = Set.copyOf(routes);
    models = List.copyOf(models);
    if (provider.isEmpty() || provider.length() > 64) {
      throw new IllegalArgumentException(
          "provider name '" + provider + "' must have 1 to 64 characters");
    }
    if (limit.meter() != Meter.COST || !limit.isQuota()) {
      throw new IllegalArgumentException(
          "the hard limit of provider " + provider + " must be a cost in a day or month");
    }
    check("essential reserve", essentialReserve, 0, limit.amount());
    check("slice", slice, 1, limit.amount());
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

  private static void check(String what, long amount, long min, long max) {
    if (amount < min || amount > Math.min(max, Store.MAX_AMOUNT)) {
      throw new IllegalArgumentException(what + " " + amount + " is not in " + min + " to " + max);
    }
  }
}
