package dev.tollgate.dashboard;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.OnStoreFailure;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Provider;
import dev.tollgate.Route;
import dev.tollgate.SinkState;
import dev.tollgate.SpendScope;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Window;
import dev.tollgate.config.AlertSettings;
import dev.tollgate.config.CallDefaults;
import dev.tollgate.config.CallerSource;
import dev.tollgate.config.ConfigurationException;
import dev.tollgate.config.ConfigurationState;
import dev.tollgate.config.ConfiguredValue;
import dev.tollgate.config.ErrorFormat;
import dev.tollgate.config.HashKey;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.config.HttpSettings;
import dev.tollgate.config.Settings;
import dev.tollgate.config.StoreSettings;
import dev.tollgate.config.TierSource;
import dev.tollgate.filter.TollgateFilter;
import dev.tollgate.providers.TokenCounters;
import dev.tollgate.store.MemoryStore;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * The pages behind the filter on a server, at noon of a day in March. The header {@code User} names
 * the user whom the container vouches for, and {@code Role} a role of theirs.
 */
final class PageServer implements AutoCloseable {

  static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
  private static final HashKey HASH_KEY =
      new HashKey("a hash key of the tests".getBytes(StandardCharsets.UTF_8));

  /** 1 USD for a million tokens in, 2 USD for a million out. */
  private static final PriceBook PRICES =
      new PriceBook(Map.of("m", Price.of(1_000_000_000L, 2_000_000_000L)));

  /** 100 USD a month with one provider, and a breaker that expects 30. */
  private static final Spending SPENDING =
      new Spending(
          List.of(
              new Provider("openai", Set.of(), List.of("*"))
                  .hardLimit(
                      Limit.of(
                          Meter.COST,
                          100_000_000_000L,
                          new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC)),
                      0,
                      1_000_000_000L)),
          new BreakerPolicy(300, 10, false, Map.of(SpendScope.APPLICATION, 30_000_000_000L)),
          AnomalyPolicy.OFF);

  static final List<SinkState> SINKS =
      List.of(
          new SinkState("log", 7, 0, 0, 0),
          new SinkState("webhook:a.example.com", 4, 5, 3, 0),
          new SinkState("webhook:b.example.com", 6, 4, 0, 1));

  private static final ConfigurationState CONFIGURATION =
      new ConfigurationState(
          List.of(
              new ConfiguredValue("tollgate.nodes", "3", "SysPropConfigSource"),
              new ConfiguredValue("tollgate.shadow", "false", "default")),
          List.of(
              new ConfigurationException.Problem(
                  "tollgate.zone", "Moon", "'Moon' is not a time zone", "write for example UTC")));

  private static final HttpSettings SETTINGS =
      new HttpSettings(
          List.of(new CallerSource.Principal()),
          List.of(new TierSource.Default("free")),
          Map.of(),
          List.of("free"),
          List.of(
              new HttpRoute(
                  "chat",
                  List.of("/api/chat"),
                  Set.of(),
                  Duration.ZERO,
                  ErrorFormat.PROBLEM,
                  Optional.empty(),
                  new CallDefaults("m", 1000))),
          List.of("/tollgate/*"),
          List.of(),
          HASH_KEY,
          10,
          429);

  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final InstantSource clock = now::get;
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile boolean genAiMetrics;
  private final Outage outage;
  private final Tollgate tollgate;
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  /**
   * @param engine makes the engine, which goes by this clock
   */
  private PageServer(Outage outage, Function<InstantSource, Tollgate> engine) {
    this.outage = outage;
    tollgate = engine.apply(clock);
  }

  private static Tollgate engine(Outage outage, InstantSource clock) {
    return Tollgate.builder(policies(), outage.of(new MemoryStore(1000, clock)))
        .clock(clock)
        .onStoreFailure(OnStoreFailure.CLOSED, 1)
        .build();
  }

  /** A tier {@code free}, a route {@code chat}, a budget and a breaker. */
  static Policies policies() {
    Tier free =
        Tier.of(
            "free",
            Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), 20),
            Limit.of(Meter.TOKENS, 10_000, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC)),
            Limit.of(
                Meter.COST,
                5_000_000_000L,
                new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC)));
    return Policies.of(List.of(free), List.of(Route.of("chat")), PRICES).with(SPENDING);
  }

  static PageServer start() throws Exception {
    Outage outage = new Outage();
    return start(outage, clock -> engine(outage, clock));
  }

  /** Pages about another engine, which has a tier {@code free} and goes by the given clock. */
  static PageServer start(Function<InstantSource, Tollgate> engine) throws Exception {
    return start(new Outage(), engine);
  }

  private static PageServer start(Outage outage, Function<InstantSource, Tollgate> engine)
      throws Exception {
    PageServer pages = new PageServer(outage, engine);
    ServletContextHandler context = new ServletContextHandler("/app");
    EnumSet<DispatcherType> all = EnumSet.allOf(DispatcherType.class);
    context.addFilter(new FilterHolder((Filter) PageServer::vouch), "/*", all);
    context.addFilter(
        new FilterHolder(
            new TollgateFilter(pages.tollgate, () -> SETTINGS, new TokenCounters(Runnable::run))),
        "/*",
        all);
    ServletHolder servlet =
        new ServletHolder(
            new DashboardServlet(
                pages.tollgate, pages::settings, () -> CONFIGURATION, () -> SINKS, pages.clock));
    servlet.setInitOrder(1);
    for (String path : List.of("usage/*", "admin/*", "assets/*", "metrics", "health")) {
      context.addServlet(servlet, "/tollgate/" + path);
    }
    pages.connector.setHost("127.0.0.1");
    pages.server.addConnector(pages.connector);
    pages.server.setHandler(context);
    pages.server.start();
    return pages;
  }

  private static void vouch(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    String user = http.getHeader("User");
    chain.doFilter(user == null ? request : new Vouched(http, () -> user), response);
  }

  private static final class Vouched extends HttpServletRequestWrapper {

    private final Principal user;

    Vouched(HttpServletRequest request, Principal user) {
      super(request);
      this.user = user;
    }

    @Override
    public Principal getUserPrincipal() {
      return user;
    }

    @Override
    public boolean isUserInRole(String role) {
      return role.equals(getHeader("Role"));
    }
  }

  private Settings settings() {
    StoreSettings memory =
        new StoreSettings(
            URI.create("memory:/"),
            Duration.ofMillis(50),
            OnStoreFailure.CLOSED,
            1,
            100,
            Duration.ofMinutes(5));
    return new Settings(
        tollgate.policies(),
        SETTINGS,
        memory,
        new AlertSettings(List.of(), false, ""),
        genAiMetrics);
  }

  Outage outage() {
    return outage;
  }

  /** Counts under the names of OpenTelemetry's conventions from now on. */
  void useGenAiMetrics() {
    genAiMetrics = true;
  }

  /** Sets the clock of the engine, its store and the pages. */
  void setTime(Instant time) {
    now.set(time);
  }

  Tollgate tollgate() {
    return tollgate;
  }

  /** Asks for a path below {@code /app/tollgate/}. */
  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send(request(path, headers));
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/app/tollgate/" + path));
    return headers.length == 0 ? request : request.headers(headers);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() throws Exception {
    server.stop();
    tollgate.close();
  }
}
