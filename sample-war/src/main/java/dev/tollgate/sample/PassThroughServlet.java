package dev.tollgate.sample;

import dev.tollgate.config.ConfigurationException;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * {@code POST /v1/chat/completions} and {@code /v1/messages}: hands requests to the provider and
 * its answers back, streams too, with the provider's key in place of the caller's. It knows nothing
 * of limits: the filter before it meters what passes.
 *
 * <p>Thread-safe. It owns one daemon thread, begun by the first stream, which ends with {@link
 * #destroy}.
 */
public final class PassThroughServlet extends HttpServlet {

  private static final long serialVersionUID = 1;

  /** Requests on their way at once; more are turned away. */
  static final int MAX_PASSAGES = 500;

  private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e]{1,500}");

  private final transient Semaphore places;
  private final transient Set<Passage> passages = ConcurrentHashMap.newKeySet();
  private final transient ScheduledExecutorService clock =
      new ScheduledThreadPoolExecutor(1, PassThroughServlet::newThread);
  private transient Supplier<Provider> provider;
  private Duration timeout = Duration.ZERO;

  /** For the servlet container. */
  public PassThroughServlet() {
    this.provider = () -> CDI.current().select(Provider.class).get();
    this.places = new Semaphore(MAX_PASSAGES);
  }

  /**
   * @param timeout the longest that an answer may take, from its request to its last byte
   * @param places how many requests may be on their way at once
   */
  PassThroughServlet(Provider provider, Duration timeout, int places) {
    this.provider = () -> provider;
    this.timeout = timeout;
    this.places = new Semaphore(places);
  }

  private static Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "sample-streams");
    thread.setDaemon(true);
    return thread;
  }

  /** Ends what is still on its way, so that it is settled while the application can. */
  @Override
  public void destroy() {
    passages.forEach(Passage::end);
    clock.shutdownNow();
  }

  @Override
  public void init() throws ServletException {
    if (!timeout.isZero()) {
      return;
    }
    try {
      timeout = SampleSettings.read(ConfigProvider.getConfig()).provider().timeout();
    } catch (ConfigurationException invalid) {
      throw new ServletException(invalid.getMessage(), invalid);
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      if (!request.getMethod().equals("POST")) {
        throw HttpProblem.methodNotAllowed("POST");
      }
      ProviderRequest asked = read(request);
      Provider next = provider.get();
      if (!places.tryAcquire()) {
        throw HttpProblem.unavailable("too many requests are on their way to the provider");
      }
      AsyncContext async = request.startAsync(request, response);
      async.setTimeout(timeout.toMillis());
      Passage passage = new Passage(async, asked.dialect(), next.pass(asked), clock, this::leave);
      passages.add(passage);
      passage.start();
    } catch (HttpProblem problem) {
      problem.send(request, response);
    }
  }

  private void leave(Passage passage) {
    passages.remove(passage);
    places.release();
  }

  private static ProviderRequest read(HttpServletRequest request) throws HttpProblem {
    Dialect dialect = Dialect.of(request).orElse(Dialect.OPENAI);
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : dialect.headers()) {
      String value = request.getHeader(name);
      if (value != null) {
        if (!HEADER_VALUE.matcher(value).matches()) {
          throw HttpProblem.badRequest(name + " must have 1 to 500 characters of ASCII");
        }
        headers.put(name, value);
      }
    }
    return new ProviderRequest(dialect, headers, JsonBody.read(request));
  }
}
