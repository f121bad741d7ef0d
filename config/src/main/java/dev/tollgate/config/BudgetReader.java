package dev.tollgate.config;

import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.ProviderBudget;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;

/** Reads the hard limits of providers. */
final class BudgetReader {

  private static final int MAX_PROVIDERS = 20;
  private static final String USUAL_SLICE = "1%";
  private static final String ONE_SLICE = "1% or 5 USD";
  private static final String RESERVE = "10% or 50 USD";
  private static final Pattern PATTERN = Pattern.compile("[^\\s\\p{Cntrl}\"]{1,128}");
  private static final int MAX_STARS = 4;

  private static final Syntax<String> MODELS =
      new Syntax<>("gpt-*, o3-mini", BudgetReader::pattern);

  private final Values values;
  private final Syntax<Limit> quota;
  private final Syntax<String> route;

  /**
   * @param routes the names of the routes that exist
   */
  BudgetReader(Values values, Syntax<Limit> quota, Set<String> routes) {
    this.values = values;
    this.quota = new Syntax<>("500.00 USD/month", text -> cost(quota.parse(text)));
    this.route = new Syntax<>("chat, suggest", text -> known(text, routes));
  }

  /** The budgets, by name. */
  List<ProviderBudget> read() {
    SortedSet<String> names = values.names(Key.PROVIDER);
    if (names.size() > MAX_PROVIDERS) {
      String rule = "there are over " + MAX_PROVIDERS + " providers";
      values.report(key(names.first(), "hard-limit"), rule, "remove some");
      return List.of();
    }
    List<ProviderBudget> budgets =
        names.stream().map(this::budget).flatMap(Optional::stream).toList();
    if (budgets.size() > 1) {
      budgets.forEach(this::requireCalls);
    }
    return budgets;
  }

  private Optional<ProviderBudget> budget(String name) {
    Key limitKey = key(name, "hard-limit");
    if (!values.has(limitKey)) {
      List.of("essential-reserve", "slice").forEach(leaf -> reportNoLimit(name, leaf));
      return Optional.empty();
    }
    return values
        .attempt(limitKey, quota.example(), () -> quota.parse(values.text(limitKey)))
        .map(limit -> budget(name, limit));
  }

  private ProviderBudget budget(String name, Limit limit) {
    long whole = limit.amount();
    Syntax<Long> slice = ShareSyntax.of(whole, 1, ONE_SLICE);
    Key models = key(name, "models");
    return new ProviderBudget(
        name,
        Set.copyOf(values.list(key(name, "routes"), route)),
        values.has(models) ? values.list(models, MODELS) : KnownProviders.models(name),
        limit,
        values.get(key(name, "essential-reserve"), ShareSyntax.of(whole, 0, RESERVE), 0L),
        values.get(key(name, "slice"), slice, slice.parse(USUAL_SLICE)));
  }

  private void reportNoLimit(String name, String leaf) {
    if (values.has(key(name, leaf))) {
      String remedy = "set " + key(name, "hard-limit") + " or remove it";
      values.report(key(name, leaf), "is a part of no hard limit", remedy);
    }
  }

  /** Of several budgets, one that no call belongs to would be an emergency brake without a wire. */
  private void requireCalls(ProviderBudget budget) {
    if (budget.models().isEmpty() && budget.routes().isEmpty()) {
      values.report(
          key(budget.provider(), "hard-limit"),
          "no call belongs to it: this provider's models are not known",
          "set " + key(budget.provider(), "models") + " or " + key(budget.provider(), "routes"));
    }
  }

  private static Limit cost(Limit limit) {
    if (limit.meter() != Meter.COST) {
      throw new IllegalArgumentException("must be in USD");
    }
    return limit;
  }

  private static String pattern(String text) {
    if (!PATTERN.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no model: 1 to 128 characters without spaces and quotes");
    }
    if (text.chars().filter(c -> c == '*').count() > MAX_STARS) {
      throw new IllegalArgumentException("'" + text + "' has over " + MAX_STARS + " stars");
    }
    return text;
  }

  private static String known(String route, Set<String> routes) {
    if (!routes.contains(route)) {
      throw new IllegalArgumentException("there is no route '" + route + "': known are " + routes);
    }
    return route;
  }

  private static Key key(String name, String leaf) {
    return new Key(Key.PROVIDER, name, leaf);
  }
}
