package dev.tollgate.config;

import dev.tollgate.Limit;
import dev.tollgate.Policies;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import dev.tollgate.config.ConfigurationException.Problem;
import dev.tollgate.providers.Catalogue;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes settings of a snapshot, or reports everything that is wrong with it. Immutable. */
final class SettingsReader {

  private static final Syntax<ZoneId> ZONE =
      new Syntax<>("UTC or Europe/Berlin", SettingsReader::zone);

  private static final Syntax<Duration> RELOAD_PERIOD =
      new Syntax<>("5 seconds or off", SettingsReader::reloadPeriod);

  private static final Syntax<Duration> PERIOD =
      DurationSyntax.between(Duration.ofSeconds(1), Duration.ofHours(1));

  private final Stores stores;
  private final Sinks sinks;
  private final HashKey fallback;
  private final InstantSource clock;

  /**
   * @param stores that can be opened
   * @param sinks that can be opened
   * @param fallback the key to hash with when none is configured
   * @param clock tells the day, of which prices depend
   */
  SettingsReader(Stores stores, Sinks sinks, HashKey fallback, InstantSource clock) {
    this.stores = stores;
    this.sinks = sinks;
    this.fallback = fallback;
    this.clock = clock;
  }

  /**
   * @param settings valid, with the prices that the product and the configuration itself know
   * @param prices what the configuration says of prices
   * @param providerApis providers' own bills and limits
   * @param reloadPeriod how often to look for changes, 0 for never
   * @param warnings what is valid and yet unwise
   * @param defaults what keys have that are not configured
   */
  record Reading(
      Settings settings,
      PriceSettings prices,
      ProviderApis providerApis,
      Duration reloadPeriod,
      List<Problem> warnings,
      SortedMap<Key, String> defaults) {

    Reading {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * @throws ConfigurationException when something is wrong
   */
  Reading read(Snapshot snapshot) {
    Problems problems = new Problems();
    snapshot.problems().forEach(problems::add);
    Values values = new Values(snapshot.values(), problems);

    Syntax<Limit> quota = QuotaSyntax.in(values.get("zone", ZONE, ZoneOffset.UTC));
    StoreSettings store = new StoreReader(values, stores, Runtime.getRuntime().maxMemory()).read();
    List<Tier> tiers = new TierReader(values, quota).read();
    RouteReader routeReader = new RouteReader(values, quota);
    List<Route> routes = routeReader.routes();
    PriceSettings prices = new PriceReader(values).read();
    SpendingReader.Reading spending = spending(values, quota, routes);
    ProviderApis providerApis = new ProviderApiReader(values, spending.spending().budgets()).read();
    Policies policies =
        new Policies(
            tiers.stream().collect(Collectors.toMap(Tier::name, Function.identity(), (a, b) -> a)),
            routes.stream().collect(Collectors.toMap(Route::name, Function.identity())),
            prices.book(Catalogue.shipped(), today()),
            values.get("shadow", Syntax.BOOLEAN, false),
            spending.spending());
    HttpSettings http =
        new HttpReader(values, tiers).read(routeReader.httpRoutes(), store, fallback);
    AlertSettings alerts = new AlertReader(values, sinks).read();
    Duration reloadPeriod = values.get("reload", RELOAD_PERIOD, Duration.ofSeconds(5));
    values.check("config", ConfigFile.SYNTAX);

    boolean genAiMetrics = values.get("genai-metrics", Syntax.BOOLEAN, false);

    problems.throwIfAny();
    return new Reading(
        new Settings(policies, http, store, alerts, genAiMetrics),
        prices,
        providerApis,
        reloadPeriod,
        SpendWarnings.of(spending),
        values.defaults());
  }

  private static SpendingReader.Reading spending(
      Values values, Syntax<Limit> quota, List<Route> routes) {
    Set<String> names =
        routes.stream().map(Route::name).collect(Collectors.toCollection(TreeSet::new));
    return new SpendingReader(values, new ProviderReader(values, quota, names)).read();
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException unknown) {
      throw new IllegalArgumentException("'" + text + "' is not a time zone", unknown);
    }
  }

  private static Duration reloadPeriod(String text) {
    return text.equals("off") ? Duration.ZERO : PERIOD.parse(text);
  }
}
