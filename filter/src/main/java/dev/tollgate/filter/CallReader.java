package dev.tollgate.filter;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.config.HttpSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Reads calls from requests, by one set of settings. Immutable. */
final class CallReader {

  private final HttpSettings settings;
  private final RouteMatcher routes;
  private final CallerResolver callers;
  private final TierResolver tiers;

  /**
   * @throws IllegalArgumentException when a trusted proxy is malformed
   */
  CallReader(HttpSettings settings) {
    this.settings = settings;
    routes = new RouteMatcher(settings.routes());
    callers = new CallerResolver(settings);
    tiers = new TierResolver(settings);
  }

  HttpSettings settings() {
    return settings;
  }

  /**
   * The route that the request falls under, if any.
   *
   * @throws RejectedException when its path can be read as two routes
   */
  Optional<HttpRoute> route(HttpServletRequest request) throws RejectedException {
    return routes.match(request);
  }

  /**
   * The request as a call of a route.
   *
   * @throws RejectedException when it names no caller, or two
   */
  Call call(HttpServletRequest request, HttpRoute route) throws RejectedException {
    String id = callers.resolve(request);
    return Call.of(new Caller(id, tiers.resolve(id, request)), route.name());
  }
}
