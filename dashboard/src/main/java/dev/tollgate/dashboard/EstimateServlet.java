package dev.tollgate.dashboard;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.Caller;
import dev.tollgate.Tollgate;
import dev.tollgate.config.Application;
import dev.tollgate.config.ConfigurationException;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.config.HttpSettings;
import dev.tollgate.providers.TokenCounters;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /tollgate/estimate}: what a call would cost, and whether it would be let in, at no
 * charge. The body is {@code {"prompt", "maxTokens"?, "model"?}} or one of the route's protocol.
 * The parameter {@code route} names the route; without it, it is {@code chat}, or else the only
 * route that reads bodies.
 *
 * <p>The library's web fragment {@code tollgate_dashboard} registers it. The caller is the one whom
 * the filter has found.
 *
 * <p>Thread-safe.
 */
public final class EstimateServlet extends HttpServlet {

  private static final long serialVersionUID = 1;
  private static final String USUAL_ROUTE = "chat";

  /** What it decides with. */
  private record Source(
      Tollgate tollgate, Supplier<HttpSettings> settings, TokenCounters counters) {}

  private transient volatile @Nullable Source source;
  private transient @Nullable Application application;

  /** A servlet that decides with the application's engine, by its configuration. */
  public EstimateServlet() {}

  /**
   * A servlet that decides with this engine.
   *
   * @param tollgate is not closed with the servlet
   * @param settings is asked at every request
   * @param counters those of the filter, so that both learn together
   */
  public EstimateServlet(
      Tollgate tollgate, Supplier<HttpSettings> settings, TokenCounters counters) {
    source = new Source(tollgate, settings, counters);
  }

  /**
   * @throws ServletException when the configuration is not valid, with all its problems
   */
  @Override
  public void init() throws ServletException {
    if (source != null) {
      return;
    }
    try {
      Application opened = Application.acquire(getServletContext().getClassLoader());
      application = opened;
      source =
          new Source(opened.tollgate(), () -> opened.settings().http(), opened.tokenCounters());
    } catch (ConfigurationException invalid) {
      throw new ServletException(invalid.getMessage(), invalid);
    }
  }

  @Override
  public void destroy() {
    Application opened = application;
    application = null;
    if (opened != null) {
      opened.close();
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    Source open = source;
    if (open == null) {
      throw new ServletException("Tollgate's estimate is not initialised");
    }
    try {
      if (!request.getMethod().equals("POST")) {
        throw Problem.onlyPost();
      }
      Json.send(response, 200, Json.TYPE, quote(request, open));
    } catch (Problem problem) {
      problem.sendTo(response);
    }
  }

  private static Quote quote(HttpServletRequest request, Source source) throws Problem {
    Caller caller =
        CallContext.current().map(CallContext::caller).orElseThrow(Problem::unidentified);
    // Before its parameters, for which the container may take a body and read it itself.
    byte[] body = Question.body(request);
    HttpRoute route = route(request.getParameter("route"), source.settings().get().routes());
    Call call = Question.read(body, route).asCall(caller, source.counters());
    try {
      return Quote.of(call, source.tollgate());
    } catch (IllegalArgumentException unknown) {
      throw Problem.badRequest(String.valueOf(unknown.getMessage()));
    }
  }

  private static HttpRoute route(@Nullable String name, List<HttpRoute> routes) throws Problem {
    String wanted = name == null ? USUAL_ROUTE : name;
    Optional<HttpRoute> named =
        routes.stream().filter(route -> route.name().equals(wanted)).findFirst();
    if (named.isPresent()) {
      return named.get();
    }
    List<HttpRoute> metered = routes.stream().filter(route -> route.body().isPresent()).toList();
    if (name == null && metered.size() == 1) {
      return metered.get(0);
    }
    throw Problem.badRequest(
        "route: there is no route '"
            + wanted
            + "'; name one of "
            + routes.stream().map(HttpRoute::name).sorted().toList());
  }
}
