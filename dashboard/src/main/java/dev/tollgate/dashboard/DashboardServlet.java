package dev.tollgate.dashboard;

import dev.tollgate.Alert;
import dev.tollgate.Tollgate;
import dev.tollgate.config.Application;
import dev.tollgate.config.ConfigurationException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The product's pages: {@code /tollgate/usage} of a caller's own usage, and what they need.
 *
 * <p>The library's web fragment {@code tollgate_dashboard} registers it at these paths. It charges
 * nothing.
 *
 * <p>Thread-safe.
 */
public final class DashboardServlet extends HttpServlet {

  private static final long serialVersionUID = 1;

  private final transient InstantSource clock;
  private final transient AlertLog alerts = new AlertLog();
  private final transient Consumer<Alert> listener = alerts::add;
  private transient @Nullable Tollgate tollgate;
  private transient @Nullable Application application;
  private transient volatile Map<String, Page> pages = Map.of();

  /** Pages about the application's engine. */
  public DashboardServlet() {
    clock = InstantSource.system();
  }

  /**
   * Pages about this engine.
   *
   * @param tollgate is not closed with the servlet
   * @param clock tells how long it is until limits start again
   */
  public DashboardServlet(Tollgate tollgate, InstantSource clock) {
    this.tollgate = tollgate;
    this.clock = clock;
  }

  /**
   * @throws ServletException when the configuration is not valid, with all its problems
   */
  @Override
  public void init() throws ServletException {
    Tollgate engine = tollgate == null ? open() : tollgate;
    tollgate = engine;
    engine.onAlert(listener);
    pages =
        Map.of(
            UsagePage.PATH, new UsagePage(engine, alerts, clock), //
            Assets.PATH, new Assets());
  }

  private Tollgate open() throws ServletException {
    try {
      Application opened = Application.acquire(getServletContext().getClassLoader());
      application = opened;
      return opened.tollgate();
    } catch (ConfigurationException invalid) {
      throw new ServletException(invalid.getMessage(), invalid);
    }
  }

  @Override
  public void destroy() {
    pages = Map.of();
    if (tollgate != null) {
      tollgate.removeListener(listener);
    }
    Application opened = application;
    application = null;
    if (opened != null) {
      tollgate = null;
      opened.close();
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Frame.protect(response);
    try {
      Page page = pages.get(request.getServletPath());
      if (page == null) {
        throw Problem.notFound();
      }
      if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
        throw Problem.onlyGet();
      }
      page.answer(request, response);
    } catch (Problem problem) {
      problem.sendTo(request, response);
    }
  }
}
