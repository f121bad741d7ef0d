package dev.tollgate.config;

import dev.tollgate.providers.Extra;
import dev.tollgate.providers.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A route of the policies as URLs.
 *
 * @param name the route's name
 * @param paths patterns of the path within the application, of the servlet specification's forms:
 *     {@code /api/chat} exactly, {@code /api/*} and all below it, {@code *.ai} by extension; empty
 *     for a route of annotated methods only
 * @param methods HTTP methods in upper case; empty for all
 * @param maxWait how long a call may wait until it fits, 0 for not at all, up to 5 minutes
 * @param errors the shape of refusals
 * @param body what its bodies are written in, from which its calls are metered; empty where bodies
 *     are not read
 * @param cost where the cost of its calls is known from, where bodies are read
 * @param extras what its calls may ask for although it is not priced, where bodies are read
 * @param defaults what its calls ask for when they do not say so
 */
public record HttpRoute(
    String name,
    List<String> paths,
    Set<String> methods,
    Duration maxWait,
    ErrorFormat errors,
    Optional<Protocol> body,
    CostSource cost,
    Set<Extra> extras,
    CallDefaults defaults) {

  public HttpRoute {
    paths = List.copyOf(paths);
    methods = Set.copyOf(methods);
    extras = Set.copyOf(extras);
  }

  /** A route whose calls are charged by the prices of their models. */
  public HttpRoute(
      String name,
      List<String> paths,
      Set<String> methods,
      Duration maxWait,
      ErrorFormat errors,
      Optional<Protocol> body,
      CallDefaults defaults) {
    this(name, paths, methods, maxWait, errors, body, CostSource.PRICED, Set.of(), defaults);
  }

  /** A route whose bodies are not read. */
  public HttpRoute(
      String name, List<String> paths, Set<String> methods, Duration maxWait, ErrorFormat errors) {
    this(name, paths, methods, maxWait, errors, Optional.empty(), CallDefaults.NONE);
  }
}
