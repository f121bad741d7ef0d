package dev.tollgate;

import java.util.List;

/**
 * A part of the application: URLs or annotated methods.
 *
 * @param name its name
 * @param criticality how much the application needs its calls
 * @param limits each caller's limits on this route alone, on top of those of the tier
 */
public record Route(String name, Criticality criticality, List<Limit> limits) {

  /**
   * @throws IllegalArgumentException when there are too many limits or two have one name
   */
  public Route {
    limits = List.copyOf(limits);
    Tier.requireDistinct("route " + name, limits);
  }

  /** The same route with this percentage of its limits: 100 or more. */
  Route raised(int percent) {
    return new Route(name, criticality, Tier.raised(limits, percent));
  }

  /** An optional route without limits of its own. */
  public static Route of(String name) {
    return new Route(name, Criticality.OPTIONAL, List.of());
  }
}
