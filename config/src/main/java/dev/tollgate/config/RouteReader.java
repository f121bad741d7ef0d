package dev.tollgate.config;

import dev.tollgate.Criticality;
import dev.tollgate.Limit;
import dev.tollgate.Route;
import dev.tollgate.providers.Extra;
import dev.tollgate.providers.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;

/** Reads the routes. */
final class RouteReader {

  private static final int MAX_ROUTES = 1000;
  private static final Duration MAX_WAIT = Duration.ofMinutes(5);
  private static final Pattern METHOD = Pattern.compile("[A-Za-z]{1,20}");

  private static final Syntax<Protocol> PROTOCOL = Syntax.oneOf(Protocol.class);
  private static final Syntax<String> MODEL = new Syntax<>("gpt-5-mini", RouteReader::model);
  private static final Syntax<Integer> MAX_TOKENS =
      Syntax.wholeNumber(1, CallDefaults.HIGHEST_MAX_TOKENS);

  private static final Syntax<String> METHODS =
      new Syntax<>(
          "GET, POST",
          text -> {
            if (!METHOD.matcher(text).matches()) {
              throw new IllegalArgumentException("'" + text + "' is not an HTTP method");
            }
            return text.toUpperCase(Locale.ROOT);
          });

  /** Of two routes with one pattern, the one for some methods goes before the one for all. */
  private static final Comparator<HttpRoute> PRECEDENCE =
      Comparator.comparing((HttpRoute route) -> route.methods().isEmpty())
          .thenComparing(HttpRoute::name);

  private final Values values;
  private final Syntax<Limit> quota;

  RouteReader(Values values, Syntax<Limit> quota) {
    this.values = values;
    this.quota = quota;
  }

  List<Route> routes() {
    SortedSet<String> names = values.names(Key.ROUTE);
    if (names.size() > MAX_ROUTES) {
      String rule = "there are over " + MAX_ROUTES + " routes";
      values.report(key(names.first(), "path"), rule, "join some: a route can have several paths");
      return List.of();
    }
    return names.stream().map(this::route).flatMap(Optional::stream).toList();
  }

  private Optional<Route> route(String name) {
    List<Limit> limits = new ArrayList<>(values.list(key(name, "rate"), RateSyntax.ONE));
    limits.addAll(values.list(key(name, "quota"), quota));
    Criticality criticality =
        values.get(key(name, "criticality"), Syntax.oneOf(Criticality.class), Criticality.OPTIONAL);
    return values.attempt(
        values.has(key(name, "rate")) ? key(name, "rate") : key(name, "quota"),
        "each limit once",
        () -> new Route(name, criticality, limits));
  }

  List<HttpRoute> httpRoutes() {
    List<HttpRoute> routes = new ArrayList<>();
    for (String name : values.names(Key.ROUTE)) {
      HttpRoute route = httpRoute(name);
      routes.forEach(other -> reportClash(route, other));
      routes.add(route);
    }
    routes.sort(PRECEDENCE);
    return routes;
  }

  private HttpRoute httpRoute(String name) {
    Set<String> methods = Set.copyOf(values.list(key(name, "methods"), METHODS));
    Duration wait =
        values.get(
            key(name, "wait"), DurationSyntax.between(Duration.ZERO, MAX_WAIT), Duration.ZERO);
    Optional<Protocol> body = body(name);
    ErrorFormat errors =
        values.get(
            key(name, "errors"),
            Syntax.oneOf(ErrorFormat.class),
            body.map(RouteReader::errors).orElse(ErrorFormat.PROBLEM));
    List<String> paths = values.list(key(name, "path"), PathSyntax.ONE);
    return new HttpRoute(
        name, paths, methods, wait, errors, body, cost(name), extras(name), defaults(name));
  }

  private Optional<Protocol> body(String name) {
    Key body = key(name, "body");
    if (!values.has(body)) {
      return Optional.empty();
    }
    if (!values.has(key(name, "path"))) {
      values.report(body, "its route has no path", "set " + key(name, "path") + " or remove it");
    }
    return Optional.of(values.get(body, PROTOCOL, Protocol.OPENAI));
  }

  private CostSource cost(String name) {
    Key cost = key(name, "cost");
    reportUnlessBodiesAreRead(name, cost);
    return values.get(cost, Syntax.oneOf(CostSource.class), CostSource.PRICED);
  }

  private Set<Extra> extras(String name) {
    Key extras = key(name, "extras");
    reportUnlessBodiesAreRead(name, extras);
    return Set.copyOf(values.list(extras, Syntax.oneOf(Extra.class)));
  }

  private void reportUnlessBodiesAreRead(String name, Key key) {
    if (values.has(key) && !values.has(key(name, "body"))) {
      String remedy = "set " + key(name, "body") + " or remove it";
      values.report(key, "the bodies of its route are not read", remedy);
    }
  }

  private CallDefaults defaults(String name) {
    return new CallDefaults(
        values.get(key(name, "model"), MODEL, CallDefaults.NONE.model()),
        values.get(key(name, "max-tokens"), MAX_TOKENS, CallDefaults.NONE.maxTokens()));
  }

  /** The refusals that clients of a protocol understand. */
  private static ErrorFormat errors(Protocol protocol) {
    return switch (protocol) {
      case OPENAI -> ErrorFormat.OPENAI;
      case ANTHROPIC -> ErrorFormat.ANTHROPIC;
      case GEMINI, OLLAMA -> ErrorFormat.PROBLEM;
    };
  }

  private static String model(String text) {
    if (!Key.isModel(text)) {
      throw new IllegalArgumentException(
          "'" + text + "' is no model: 1 to 128 characters without spaces and quotes");
    }
    return text;
  }

  private void reportClash(HttpRoute route, HttpRoute other) {
    for (String path : route.paths()) {
      if (other.paths().contains(path) && meet(route.methods(), other.methods())) {
        values.report(
            key(route.name(), "path"),
            "'" + path + "' is also a path of route " + other.name(),
            "remove it from one of them, or give them different methods");
      }
    }
  }

  private static boolean meet(Set<String> some, Set<String> others) {
    return some.isEmpty() == others.isEmpty()
        && (some.isEmpty() || some.stream().anyMatch(others::contains));
  }

  private static Key key(String name, String leaf) {
    return new Key(Key.ROUTE, name, leaf);
  }
}
