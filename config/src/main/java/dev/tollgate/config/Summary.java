package dev.tollgate.config;

import dev.tollgate.BreakerPolicy;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.ProviderBudget;
import dev.tollgate.Tier;
import dev.tollgate.Window;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is in force, in one line without secrets. */
final class Summary {

  private Summary() {}

  static String of(Settings settings) {
    String tiers =
        settings.http().tierOrder().stream()
            .map(name -> tier(settings.policies().tier(name)))
            .collect(Collectors.joining(", "));
    return "store %s; tiers %s; routes %s; %s; %s; alerts to %s%s"
        .formatted(
            Redaction.ofAddress(settings.store().uri().toString()),
            tiers,
            new TreeSet<>(settings.policies().routes().keySet()),
            budgets(settings.policies().spending().budgets()),
            breaker(settings.policies().spending().breaker()),
            settings.alerts().sinks(),
            settings.policies().shadow() ? "; shadow: refuses nothing" : "");
  }

  private static String budgets(List<ProviderBudget> budgets) {
    return budgets.isEmpty()
        ? "no hard limit of spending"
        : budgets.stream()
            .map(budget -> budget.provider() + " " + limit(budget.limit()))
            .collect(Collectors.joining(", ", "hard limits ", ""));
  }

  private static String breaker(BreakerPolicy breaker) {
    return breaker.expectedMonthly().isEmpty()
        ? "the spend breaker watches nothing"
        : breaker.expectedMonthly().entrySet().stream()
            .map(entry -> entry.getKey().label() + " at " + amount(Meter.COST, entry.getValue()))
            .sorted()
            .collect(Collectors.joining(", ", "the spend breaker watches ", " a month"));
  }

  private static String tier(Tier tier) {
    String limits = tier.limits().stream().map(Summary::limit).collect(Collectors.joining(", "));
    return tier.name() + " (" + (limits.isEmpty() ? "no limits" : limits) + ")";
  }

  private static String limit(Limit limit) {
    String text = amount(limit.meter(), limit.amount()) + " " + limit.name();
    return limit.window() instanceof Window.Rolling rolling && rolling.burst() != limit.amount()
        ? text + " burst " + amount(limit.meter(), rolling.burst())
        : text;
  }

  private static String amount(Meter meter, long amount) {
    return meter == Meter.COST ? Money.usd(amount).toPlainString() + " USD" : Long.toString(amount);
  }
}
