package dev.tollgate.dashboard;

import dev.tollgate.SinkState;
import dev.tollgate.Tollgate;
import dev.tollgate.config.Application;
import dev.tollgate.config.ConfigurationException;
import dev.tollgate.config.ConfigurationState;
import dev.tollgate.config.Settings;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The product's pages: {@code /tollgate/usage} of a caller's own usage, {@code /tollgate/admin} for
 * operators in the role {@code tollgate-admin}, {@code /tollgate/metrics} and {@code
 * /tollgate/health} for machines that watch, and what the pages need.
 *
 * <p>The library's web fragment {@code tollgate_dashboard} registers it at these paths. It charges
 * nothing.
 *
 * <p>Thread-safe.
 */
public final class DashboardServlet extends HttpServlet {

  private static final long serialVersionUID = 1;

  /** What the pages are about. */
  private record Source(
      Tollgate tollgate,
      Supplier<Settings> settings,
      Supplier<ConfigurationState> configuration,
      Supplier<List<SinkState>> sinks) {

    List<Gauge> gauges() {
      return Gauge.of(tollgate, sinks.get());
    }
  }

  private final transient InstantSource clock;
  private final transient PrometheusMeters counts = new PrometheusMeters();
  private final transient List<Meters> meters = new ArrayList<>();
  private transient @Nullable CallMetrics metrics;
  private transient @Nullable Source source;
  private transient @Nullable Application application;
  private transient volatile Map<String, Page> pages = Map.of();

  /** Pages about the application's engine. */
  public DashboardServlet() {
    this(InstantSource.system());
  }

  /**
   * Pages about this engine.
   *
   * @param tollgate is not closed with the servlet
   * @param settings is asked at every request
   * @param configuration what operators are shown, asked at every request
   * @param sinks how the sinks of alerts do, asked at every request
   * @param clock tells how long it is until limits start again
   */
  public DashboardServlet(
      Tollgate tollgate,
      Supplier<Settings> settings,
      Supplier<ConfigurationState> configuration,
      Supplier<List<SinkState>> sinks,
      InstantSource clock) {
    this(clock);
    source = new Source(tollgate, settings, configuration, sinks);
  }

  private DashboardServlet(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * @throws ServletException when the configuration is not valid, with all its problems
   */
  @Override
  public void init() throws ServletException {
    Source opened = source == null ? open() : source;
    source = opened;
    count(opened);
    pages = pages(opened);
  }

  private void count(Source opened) {
    meters.add(counts);
    meters.addAll(MetricsLibrary.adapters());
    Readings readings = new Readings(opened::gauges, clock);
    meters.forEach(meter -> meter.observe(readings));
    CallMetrics counting =
        new CallMetrics(
            meters,
            () -> opened.settings().get().genAiMetrics(),
            model -> opened.tollgate().policies().prices().find(model).isPresent(),
            clock);
    opened.tollgate().onCall(counting);
    opened.tollgate().onAlert(counting.listener());
    metrics = counting;
  }

  private Map<String, Page> pages(Source opened) {
    Tollgate tollgate = opened.tollgate();
    return Map.of(
        UsagePage.PATH, new UsagePage(tollgate, clock),
        AdminPage.PATH,
            new AdminPage(
                tollgate, opened.settings(), opened.configuration(), opened.sinks(), clock),
        MetricsPage.PATH, new MetricsPage(counts, opened::gauges),
        HealthPage.PATH, new HealthPage(tollgate, opened.settings(), opened.sinks()),
        Assets.PATH, new Assets());
  }

  private Source open() throws ServletException {
    try {
      Application opened = Application.acquire(getServletContext().getClassLoader());
      application = opened;
      return new Source(opened.tollgate(), opened::settings, opened::configuration, opened::sinks);
    } catch (ConfigurationException invalid) {
      throw new ServletException(invalid.getMessage(), invalid);
    }
  }

  @Override
  public void destroy() {
    pages = Map.of();
    Source used = source;
    CallMetrics counting = metrics;
    if (used != null && counting != null) {
      used.tollgate().removeListener(counting);
      used.tollgate().removeListener(counting.listener());
    }
    meters.forEach(Meters::close);
    meters.clear();
    Application opened = application;
    application = null;
    if (opened != null) {
      source = null;
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
      switch (request.getMethod()) {
        case "GET", "HEAD" -> page.answer(request, response);
        case "POST" -> page.act(request, response);
        default -> throw Problem.onlyGet();
      }
    } catch (Problem problem) {
      problem.sendTo(request, response);
    }
  }
}
