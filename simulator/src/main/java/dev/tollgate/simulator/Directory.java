package dev.tollgate.simulator;

import dev.tollgate.Criticality;
import dev.tollgate.Policies;
import dev.tollgate.Route;
import dev.tollgate.config.CallDefaults;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.config.HttpSettings;
import dev.tollgate.config.Settings;
import dev.tollgate.config.TierSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The tiers and routes of a configuration, as the rows of a trace name them or leave them blank.
 * Immutable.
 */
final class Directory {

  /** The route of calls that have none. No configured route can have this name. */
  static final String NO_ROUTE = "(none)";

  private static final String USUAL_ROUTE = "chat";

  /**
   * Where a call goes.
   *
   * @param route the name of a route of the policies
   * @param criticality of calls that do not say theirs
   * @param defaults what calls ask for that do not say so
   */
  record Place(String route, Criticality criticality, CallDefaults defaults) {}

  private final Policies policies;
  private final HttpSettings http;
  private final Map<String, Place> places = new HashMap<>();
  private final Place unnamed;
  private final List<String> notes = new ArrayList<>();

  Directory(Settings settings) {
    Policies configured = settings.policies();
    http = settings.http();
    configured.routes().values().forEach(route -> places.put(route.name(), place(route)));
    unnamed = unnamed();
    Map<String, Route> routes = new HashMap<>(configured.routes());
    routes.put(NO_ROUTE, Route.of(NO_ROUTE));
    policies =
        new Policies(configured.tiers(), routes, configured.prices(), false, configured.spending());
    if (configured.shadow()) {
      notes.add("tollgate.shadow is true: the limits are simulated as if they were in force");
    }
    String scheme = settings.store().uri().getScheme();
    if (!scheme.equals("memory")) {
      notes.add("tollgate.store names a " + scheme + ": store: the simulation counts in memory");
    }
  }

  private Place place(Route route) {
    CallDefaults defaults =
        http.routes().stream()
            .filter(each -> each.name().equals(route.name()))
            .map(HttpRoute::defaults)
            .findFirst()
            .orElse(CallDefaults.NONE);
    return new Place(route.name(), route.criticality(), defaults);
  }

  /** The only route, else the one with the usual name, else none; its calls are optional. */
  private Place unnamed() {
    Optional<Place> only =
        places.size() == 1 ? places.values().stream().findFirst() : Optional.empty();
    Place place =
        only.or(() -> Optional.ofNullable(places.get(USUAL_ROUTE)))
            .orElse(new Place(NO_ROUTE, Criticality.OPTIONAL, CallDefaults.NONE));
    return new Place(place.route(), Criticality.OPTIONAL, place.defaults());
  }

  /** The policies to simulate: those configured, in force, and with a route for calls without. */
  Policies policies() {
    return policies;
  }

  /** What differs from the configuration, one sentence each. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** Where calls go that name no route. */
  Place unnamedPlace() {
    return unnamed;
  }

  /**
   * The route that a row names; where no route is configured, names say nothing.
   *
   * @throws IllegalArgumentException when there is no such route
   */
  Place place(String named) {
    Place place = named.isEmpty() || places.isEmpty() ? unnamed : places.get(named);
    if (place == null) {
      throw new IllegalArgumentException(
          "is no route; configured are " + new TreeSet<>(places.keySet()));
    }
    return place;
  }

  /**
   * The tier that a row names, else the caller's own in the configuration, else the default.
   *
   * @throws IllegalArgumentException when there is no such tier
   */
  String tier(String named, String callerId) {
    String tier = named.isEmpty() ? configuredTier(callerId) : named;
    if (!policies.tiers().containsKey(tier)) {
      throw new IllegalArgumentException(
          tier.isEmpty()
              ? "names no tier; write one, or set tollgate.caller-tier = default:<tier>"
              : "is no tier; configured are " + new TreeSet<>(policies.tiers().keySet()));
    }
    return tier;
  }

  private String configuredTier(String callerId) {
    for (TierSource source : http.tiers()) {
      if (source instanceof TierSource.Default otherwise) {
        return otherwise.tier();
      }
      String mapped = http.callerTiers().get(callerId);
      if (source instanceof TierSource.Configured && mapped != null) {
        return mapped;
      }
    }
    return "";
  }
}
