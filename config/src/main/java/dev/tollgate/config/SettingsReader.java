package dev.tollgate.config;

import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes settings of a snapshot, or reports everything that is wrong with it. Immutable. */
final class SettingsReader {

  private static final Syntax<ZoneId> ZONE =
      new Syntax<>("UTC or Europe/Berlin", SettingsReader::zone);

  private static final Syntax<Duration> RELOAD_PERIOD =
      new Syntax<>("5 seconds or off", SettingsReader::reloadPeriod);

  private static final Syntax<Duration> PERIOD =
      DurationSyntax.between(Duration.ofSeconds(1), Duration.ofHours(1));

  private final Stores stores;
  private final HashKey fallback;

  /**
   * @param stores that can be opened
   * @param fallback the key to hash with when none is configured
   */
  SettingsReader(Stores stores, HashKey fallback) {
    this.stores = stores;
    this.fallback = fallback;
  }

  /**
   * @param settings valid
   * @param reloadPeriod how often to look for changes, 0 for never
   */
  record Reading(Settings settings, Duration reloadPeriod) {}

  /**
   * @throws ConfigurationException when something is wrong
   */
  Reading read(Snapshot snapshot) {
    Problems problems = new Problems();
    snapshot.problems().forEach(problems::add);
    Values values = new Values(snapshot.values(), problems);

    Syntax<Limit> quota = QuotaSyntax.in(values.get("zone", ZONE, ZoneOffset.UTC));
    StoreSettings store = new StoreReader(values, stores).read();
    List<Tier> tiers = new TierReader(values, quota).read();
    RouteReader routeReader = new RouteReader(values, quota);
    List<Route> routes = routeReader.routes();
    requirePrices(values, tiers, routes);
    Policies policies =
        new Policies(
            tiers.stream().collect(Collectors.toMap(Tier::name, Function.identity(), (a, b) -> a)),
            routes.stream().collect(Collectors.toMap(Route::name, Function.identity())),
            prices(values),
            values.get("shadow", Syntax.BOOLEAN, false));
    HttpSettings http =
        new HttpReader(values, tiers).read(routeReader.httpRoutes(), store, fallback);
    Duration reloadPeriod = values.get("reload", RELOAD_PERIOD, Duration.ofSeconds(5));
    values.check("config", ConfigFile.SYNTAX);

    problems.throwIfAny();
    return new Reading(new Settings(policies, http, store), reloadPeriod);
  }

  private static PriceBook prices(Values values) {
    Map<String, Price> prices = new HashMap<>();
    for (String model : values.names(Key.PRICE)) {
      Key key = new Key(Key.PRICE, model, "");
      prices.put(model, values.get(key, PriceSyntax.WHOLE, Price.FREE));
    }
    return new PriceBook(prices);
  }

  /** Without any price every cost would be 0, and a limit of cost no limit. */
  private static void requirePrices(Values values, List<Tier> tiers, List<Route> routes) {
    if (!values.names(Key.PRICE).isEmpty()) {
      return;
    }
    for (Tier tier : tiers) {
      requireNoCost(values, Key.TIER, tier.name(), "rate", tier.limits(), false);
      requireNoCost(values, Key.TIER, tier.name(), "quota", tier.limits(), true);
      requireNoCost(values, Key.TIER, tier.name(), "restrict", tier.restrictedRates(), false);
    }
    for (Route route : routes) {
      requireNoCost(values, Key.ROUTE, route.name(), "rate", route.limits(), false);
      requireNoCost(values, Key.ROUTE, route.name(), "quota", route.limits(), true);
    }
  }

  private static void requireNoCost(
      Values values, String group, String name, String leaf, List<Limit> limits, boolean quota) {
    Stream<Limit> cost =
        limits.stream().filter(limit -> limit.meter() == Meter.COST && limit.isQuota() == quota);
    if (cost.findAny().isPresent()) {
      values.report(
          new Key(group, name, leaf),
          "limits USD, but no model has a price",
          "add tollgate.price.<model>, for example " + PriceSyntax.WHOLE.example());
    }
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
