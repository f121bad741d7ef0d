package dev.tollgate.filter;

import dev.tollgate.config.HttpRoute;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds the route of a request. Immutable. */
final class RouteMatcher {

  private record Entry(PathPattern pattern, HttpRoute route) {}

  /** Of two routes with one pattern, the one that is particular about methods comes first. */
  private static final Comparator<Entry> PRECEDENCE =
      Comparator.comparing(Entry::pattern, PathPattern.PRECEDENCE)
          .thenComparing(entry -> entry.route().methods().isEmpty());

  private final List<Entry> entries;

  RouteMatcher(List<HttpRoute> routes) {
    entries =
        routes.stream()
            .flatMap(
                route -> route.paths().stream().map(path -> new Entry(PathPattern.of(path), route)))
            .sorted(PRECEDENCE)
            .toList();
  }

  /**
   * @throws RejectedException when the path can be read as two routes
   */
  Optional<HttpRoute> match(HttpServletRequest request) throws RejectedException {
    RequestPath path = RequestPath.of(request);
    Optional<HttpRoute> dispatched = match(path.dispatched(), request);
    if (!path.isAmbiguous()) {
      return dispatched;
    }
    Optional<HttpRoute> tidied = match(path.tidied(), request);
    if (dispatched.isPresent() && tidied.isPresent() && !areOne(dispatched.get(), tidied.get())) {
      throw new RejectedException(
          Fault.BAD_REQUEST, "The path can be read in two ways: write it in its plain form.");
    }
    return dispatched.or(() -> tidied);
  }

  private static boolean areOne(HttpRoute some, HttpRoute other) {
    return some.name().equals(other.name());
  }

  private Optional<HttpRoute> match(String path, HttpServletRequest request) {
    return entries.stream()
        .filter(entry -> entry.pattern().matches(path))
        .filter(entry -> counts(entry.route().methods(), request))
        .map(Entry::route)
        .findFirst();
  }

  /**
   * Where GET counts, HEAD does: servlets answer it by doing the same work. A browser's CORS
   * preflight carries no credentials and costs nothing, so it counts only where OPTIONS is listed.
   * Headers that override the method are of no account.
   */
  private static boolean counts(Set<String> methods, HttpServletRequest request) {
    String method = request.getMethod().toUpperCase(Locale.ROOT);
    if (methods.isEmpty()) {
      return !isPreflight(method, request);
    }
    return methods.contains(method) || (method.equals("HEAD") && methods.contains("GET"));
  }

  private static boolean isPreflight(String method, HttpServletRequest request) {
    return method.equals("OPTIONS")
        && request.getHeader("Origin") != null
        && request.getHeader("Access-Control-Request-Method") != null;
  }
}
