package dev.tollgate.filter;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.config.ErrorFormat;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.config.HttpSettings;
import dev.tollgate.providers.TokenCounters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;

/** Reads calls from requests, by one set of settings. Immutable. */
final class CallReader {

  private final HttpSettings settings;
  private final RouteMatcher routes;
  private final CallerResolver callers;
  private final TierResolver tiers;
  private final TokenCounters counters;
  private final List<PathPattern> pages;

  /**
   * @throws IllegalArgumentException when a trusted proxy is malformed
   */
  CallReader(HttpSettings settings, TokenCounters counters) {
    this.settings = settings;
    this.counters = counters;
    pages = settings.pages().stream().map(PathPattern::of).toList();
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
   * @throws RejectedException when it names no caller, or two, or its body is not as it should be
   */
  Arrival arrival(HttpServletRequest request, HttpRoute route) throws RejectedException {
    Call call = Call.of(caller(request), route.name());
    Optional<AskedBody> body = AskedBody.read(request, route, counters);
    return new Arrival(
        body.map(asked -> asked.asCall(call)).orElse(call), route, body, refusals(route));
  }

  /** How requests of a route are refused. */
  RefusalAnswers refusals(HttpRoute route) {
    return new RefusalAnswers(route.errors(), settings.hardLimitStatus());
  }

  /** How requests of no route are refused. */
  RefusalAnswers refusals() {
    return new RefusalAnswers(ErrorFormat.PROBLEM, settings.hardLimitStatus());
  }

  /**
   * Who asks for one of the product's own pages; empty where the request is for no such page, or
   * does not say.
   *
   * @throws RejectedException when it names two callers
   */
  Optional<Caller> visitor(HttpServletRequest request) throws RejectedException {
    String path = RequestPath.of(request).dispatched();
    if (pages.stream().noneMatch(page -> page.matches(path))) {
      return Optional.empty();
    }
    try {
      return Optional.of(caller(request));
    } catch (RejectedException rejected) {
      if (rejected.fault() == Fault.UNIDENTIFIED) {
        return Optional.empty();
      }
      throw rejected;
    }
  }

  private Caller caller(HttpServletRequest request) throws RejectedException {
    String id = callers.resolve(request);
    return new Caller(id, tiers.resolve(id, request));
  }
}
