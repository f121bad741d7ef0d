package dev.tollgate;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Everything that decides, as one immutable set.
 *
 * @param tiers by name
 * @param routes by name
 * @param prices what models cost
 * @param shadow whether refusals and restrictions are only reported
 * @param spending what bounds spending beyond the limits of callers
 */
public record Policies(
    Map<String, Tier> tiers,
    Map<String, Route> routes,
    PriceBook prices,
    boolean shadow,
    Spending spending) {

  public Policies {
    tiers = Map.copyOf(tiers);
    routes = Map.copyOf(routes);
  }

  /** Policies that refuse what they decide to refuse. */
  public static Policies of(List<Tier> tiers, List<Route> routes, PriceBook prices) {
    return new Policies(
        tiers.stream().collect(Collectors.toMap(Tier::name, Function.identity())),
        routes.stream().collect(Collectors.toMap(Route::name, Function.identity())),
        prices,
        false,
        Spending.UNBOUNDED);
  }

  /** The same policies with other prices. */
  public Policies with(PriceBook prices) {
    return new Policies(tiers, routes, prices, shadow, spending);
  }

  /** The same policies with other bounds of spending. */
  public Policies with(Spending spending) {
    return new Policies(tiers, routes, prices, shadow, spending);
  }

  /**
   * @throws IllegalArgumentException when there is no such tier
   */
  public Tier tier(String name) {
    return find("tier", tiers, name);
  }

  /**
   * @throws IllegalArgumentException when there is no such route
   */
  public Route route(String name) {
    return find("route", routes, name);
  }

  private static <T> T find(String kind, Map<String, T> known, String name) {
    T found = known.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "no " + kind + " named '" + name + "': known are " + new TreeSet<>(known.keySet()));
    }
    return found;
  }
}
