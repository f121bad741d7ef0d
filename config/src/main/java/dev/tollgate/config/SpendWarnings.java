package dev.tollgate.config;

import dev.tollgate.Money;
import dev.tollgate.ProviderBudget;
import dev.tollgate.SpendScope;
import dev.tollgate.config.ConfigurationException.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is valid and yet no safe bound of spending: hard limits that are missing, or above twice of
 * what is expected.
 */
final class SpendWarnings {

  private static final String ANY = Key.PREFIX + Key.PROVIDER + ".<name>.hard-limit";
  private static final int RECOMMENDED_FACTOR = 2;

  private SpendWarnings() {}

  static List<Problem> of(SpendingReader.Reading reading) {
    List<ProviderBudget> budgets = reading.spending().budgets();
    Map<SpendScope, Long> expected = reading.expectedMonthly();
    List<Problem> warnings = new ArrayList<>();
    budgets.forEach(budget -> addIfTooHigh(budget, expected, warnings));
    Set<String> limited =
        budgets.stream().map(ProviderBudget::provider).collect(Collectors.toSet());
    Set<String> unlimited = new TreeSet<>();
    for (SpendScope scope : expected.keySet()) {
      if (scope.kind() == SpendScope.Kind.PROVIDER && !limited.contains(scope.name())) {
        unlimited.add(scope.name());
      }
    }
    for (String provider : unlimited) {
      long spend = expected.getOrDefault(new SpendScope(SpendScope.Kind.PROVIDER, provider), 0L);
      warnings.add(missing(key(provider), "set it to " + recommended(spend)));
    }
    if (budgets.isEmpty() && unlimited.isEmpty()) {
      warnings.add(missing(ANY, "set it to twice of what you expect to spend in a month"));
    }
    return warnings;
  }

  private static void addIfTooHigh(
      ProviderBudget budget, Map<SpendScope, Long> expected, List<Problem> warnings) {
    SpendScope scope = new SpendScope(SpendScope.Kind.PROVIDER, budget.provider());
    long most = expected.getOrDefault(scope, Long.MAX_VALUE / RECOMMENDED_FACTOR);
    if (SpendingReader.monthly(budget) > RECOMMENDED_FACTOR * most) {
      String rule =
          "is above twice of the "
              + Money.usd(most).toPlainString()
              + " USD that are expected in a month";
      warnings.add(
          new Problem(
              key(budget.provider()),
              Money.usd(budget.limit().amount()).toPlainString()
                  + " USD/"
                  + budget.limit().window().label(),
              rule,
              "lower it to " + recommended(most)));
    }
  }

  private static Problem missing(String key, String remedy) {
    return new Problem(key, "", "is missing: nothing stops spending for good", remedy);
  }

  private static String recommended(long expected) {
    return Money.usd(RECOMMENDED_FACTOR * expected).toPlainString() + " USD/month";
  }

  private static String key(String provider) {
    return new Key(Key.PROVIDER, provider, "hard-limit").toString();
  }
}
