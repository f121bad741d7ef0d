package dev.tollgate.config;

import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.Tier;
import dev.tollgate.Window;
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
    return "store %s; tiers %s; routes %s; prices of %s; callers by %s%s"
        .formatted(
            Redaction.ofAddress(settings.store().uri().toString()),
            tiers,
            new TreeSet<>(settings.policies().routes().keySet()),
            settings.policies().prices().isEmpty() ? "no model" : "the configured models",
            settings.http().callers(),
            settings.policies().shadow() ? "; shadow: refuses nothing" : "");
  }

  private static String tier(Tier tier) {
    return tier.name()
        + tier.limits().stream().map(Summary::limit).collect(Collectors.joining(", ", " (", ")"));
  }

  private static String limit(Limit limit) {
    String amount =
        limit.meter() == Meter.COST
            ? Money.usd(limit.amount()).toPlainString()
            : Long.toString(limit.amount());
    boolean bursts = limit.window() instanceof Window.Rolling r && r.burst() != limit.amount();
    return amount + " " + limit.name() + (bursts ? " with burst" : "");
  }
}
