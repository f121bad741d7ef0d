package dev.tollgate.config;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Meter;
import dev.tollgate.Provider;
import dev.tollgate.ProviderBudget;
import dev.tollgate.SpendScope;
import dev.tollgate.Spending;
import dev.tollgate.Window;
import dev.tollgate.config.BreakerSyntax.Threshold;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads what bounds spending beyond the limits of callers. */
final class SpendingReader {

  private static final String EXPECTED_SPEND = "expected-spend";
  private static final long MAX_REQUESTS = 1_000_000_000L;

  /** A day's limit is spent so many times in a month. */
  private static final int DAYS = 30;

  private static final Syntax<Long> DAILY_REQUESTS =
      new Syntax<>("50/day", SpendingReader::dailyRequests);

  private static final Map<String, SpendScope.Kind> SCOPES =
      Map.of(
          Key.PROVIDER, SpendScope.Kind.PROVIDER,
          Key.TIER, SpendScope.Kind.TIER,
          Key.ROUTE, SpendScope.Kind.ROUTE);

  private final Values values;
  private final ProviderReader providerReader;

  SpendingReader(Values values, ProviderReader providerReader) {
    this.values = values;
    this.providerReader = providerReader;
  }

  /**
   * @param spending what is in force
   * @param expectedMonthly nano-USD, also of scopes that a breaker that is off does not watch
   */
  record Reading(Spending spending, Map<SpendScope, Long> expectedMonthly) {

    Reading {
      expectedMonthly = Map.copyOf(expectedMonthly);
    }
  }

  Reading read() {
    List<Provider> providers = providerReader.read();
    Map<SpendScope, Long> expected = expectedMonthly(providers);
    BreakerPolicy breaker =
        values
            .get("breaker", BreakerSyntax.WHOLE, Optional.of(Threshold.DEFAULT))
            .flatMap(threshold -> breaker(threshold, expected))
            .orElse(BreakerPolicy.OFF);
    return new Reading(new Spending(providers, breaker, anomalies()), expected);
  }

  private Optional<BreakerPolicy> breaker(Threshold threshold, Map<SpendScope, Long> expected) {
    if (expected.size() > BreakerPolicy.MAX_SCOPES) {
      values.report(
          Key.single("breaker"),
          "watches " + expected.size() + " expectations: at most " + BreakerPolicy.MAX_SCOPES,
          "remove the " + EXPECTED_SPEND + " of some tiers, routes or providers");
      return Optional.empty();
    }
    return Optional.of(
        new BreakerPolicy(
            threshold.factorPercent(), threshold.minutes(), threshold.fastPath(), expected));
  }

  /**
   * The application's is its own key, else the sum of its providers', else half of all hard limits,
   * since a hard limit should be twice of what is expected.
   */
  private Map<SpendScope, Long> expectedMonthly(List<Provider> providers) {
    Map<SpendScope, Long> expected = new HashMap<>();
    SCOPES.forEach(
        (group, kind) ->
            values
                .names(group)
                .forEach(
                    name ->
                        put(
                            expected,
                            new SpendScope(kind, name),
                            new Key(group, name, EXPECTED_SPEND))));
    put(expected, SpendScope.APPLICATION, Key.single(EXPECTED_SPEND));
    long ofProviders = sum(expected, SpendScope.Kind.PROVIDER);
    long ofLimits =
        providers.stream()
                .flatMap(provider -> provider.budget().stream())
                .mapToLong(SpendingReader::monthly)
                .sum()
            / 2;
    long otherwise = ofProviders > 0 ? ofProviders : ofLimits;
    if (otherwise > 0) {
      expected.putIfAbsent(SpendScope.APPLICATION, otherwise);
    }
    return expected;
  }

  private void put(Map<SpendScope, Long> expected, SpendScope scope, Key key) {
    long nanoUsd = values.get(key, SpendSyntax.MONTHLY, 0L);
    if (nanoUsd > 0) {
      expected.put(scope, nanoUsd);
    }
  }

  private static long sum(Map<SpendScope, Long> expected, SpendScope.Kind kind) {
    return expected.entrySet().stream()
        .filter(entry -> entry.getKey().kind() == kind)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** The most that a hard limit lets through in a month, in nano-USD. */
  static long monthly(ProviderBudget budget) {
    Window.Calendar window = (Window.Calendar) budget.limit().window();
    return budget.limit().amount() * (window.unit() == Window.Unit.DAY ? DAYS : 1);
  }

  private AnomalyPolicy anomalies() {
    Map<String, Long> expectedDaily = new TreeMap<>();
    for (String tier : values.names(Key.TIER)) {
      Key key = new Key(Key.TIER, tier, "expected-requests");
      if (values.has(key)) {
        expectedDaily.put(
            tier, values.get(key, DAILY_REQUESTS, AnomalyPolicy.DEFAULT_EXPECTED_DAILY));
      }
    }
    AnomalyPolicy.Action action =
        values.get("anomaly", Syntax.oneOf(AnomalyPolicy.Action.class), AnomalyPolicy.Action.ALERT);
    return new AnomalyPolicy(action, expectedDaily);
  }

  private static long dailyRequests(String text) {
    Allowance allowance = Allowance.parse(text);
    if (allowance.meter() != Meter.REQUESTS || !allowance.per().equals("day")) {
      throw new IllegalArgumentException("'" + text + "' is not requests/day");
    }
    if (allowance.amount() > MAX_REQUESTS) {
      throw new IllegalArgumentException("must be at most " + MAX_REQUESTS);
    }
    return allowance.amount();
  }
}
