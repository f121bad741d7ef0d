package dev.tollgate.filter;

import dev.tollgate.Tollgate;
import dev.tollgate.config.Application;
import dev.tollgate.config.ConfigurationException;
import dev.tollgate.config.HttpSettings;
import dev.tollgate.providers.TokenCounters;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls of the configured routes in, restricts them or refuses them. Requests of other paths
 * pass untouched.
 *
 * <p>The library's web fragment registers it by itself, under the name {@code tollgate}, for all
 * paths and dispatches; an application's {@code web.xml} may declare a filter of the same name
 * instead, and a program may add {@link #TollgateFilter(Tollgate, Supplier, TokenCounters)} to the
 * servlet context. It must support asynchronous requests, be mapped to the dispatches by which
 * routes are reached, and come after filters that authenticate. A request is charged once, however
 * many of its dispatches meet the filter.
 *
 * <p>Calls may wait only where the servlet and all filters before this one support asynchronous
 * requests; elsewhere they are refused at once. A client that closes its connection while it waits
 * leaves as soon as the container notices.
 *
 * <p>Thread-safe.
 */
public final class TollgateFilter implements Filter {

  /**
   * The request attribute {@value}, by which an application tells of a call on a metered route
   * whether its provider may have billed it: a {@link Boolean}, set before the answer ends. It
   * counts where the answer does not report its usage, and before what the filter would tell from
   * the answer's status. {@code false} is for a provider that was never reached, that refused the
   * call or that answered with an error of its own, and for answers that needed no provider; {@code
   * true} for one that has begun and did not answer in time.
   */
  public static final String BILLED = "dev.tollgate.billed";

  private record Source(
      Tollgate tollgate,
      Supplier<HttpSettings> settings,
      TokenCounters counters,
      Runnable closing) {

    static Source of(Application application) {
      return new Source(
          application.tollgate(),
          () -> application.settings().http(),
          application.tokenCounters(),
          application::close);
    }
  }

  private final Function<ClassLoader, Source> opening;
  private final InstantSource clock;
  private @Nullable Source source;
  private volatile @Nullable RequestGate gate;

  /** A filter that decides with the application's engine, by its configuration. */
  public TollgateFilter() {
    opening = loader -> Source.of(Application.acquire(loader));
    clock = InstantSource.system();
  }

  /**
   * A filter that decides with this engine.
   *
   * @param tollgate is not closed with the filter
   * @param settings is asked at every request; a new object is a new set of settings
   * @param counters count the tokens of bodies, and learn from answers
   */
  public TollgateFilter(
      Tollgate tollgate, Supplier<HttpSettings> settings, TokenCounters counters) {
    this(tollgate, settings, counters, InstantSource.system());
  }

  /**
   * @param clock from which headers count the time until limits are reset
   */
  TollgateFilter(
      Tollgate tollgate,
      Supplier<HttpSettings> settings,
      TokenCounters counters,
      InstantSource clock) {
    this.opening = loader -> new Source(tollgate, settings, counters, () -> {});
    this.clock = clock;
  }

  /**
   * @throws ServletException when the configuration is not valid, with all its problems: the
   *     deployment stops
   */
  @Override
  public void init(FilterConfig config) throws ServletException {
    try {
      Source opened = opening.apply(config.getServletContext().getClassLoader());
      source = opened;
      gate = new RequestGate(opened.tollgate(), opened.settings(), opened.counters(), clock);
    } catch (ConfigurationException | IllegalArgumentException invalid) {
      destroy();
      throw new ServletException(invalid.getMessage(), invalid);
    }
  }

  /**
   * @throws ServletException when the filter is not initialised, or the application fails
   */
  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    RequestGate open = gate;
    if (open == null) {
      throw new ServletException("Tollgate's filter is not initialised");
    }
    if (request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse answer) {
      open.pass(new Exchange(http, answer, chain));
    } else {
      chain.doFilter(request, response);
    }
  }

  /** Ends the wait of those who wait, and the filter's use of the application's engine. */
  @Override
  public void destroy() {
    RequestGate open = gate;
    gate = null;
    if (open != null) {
      open.close();
    }
    Source opened = source;
    source = null;
    if (opened != null) {
      opened.closing().run();
    }
  }
}
