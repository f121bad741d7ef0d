package dev.tollgate.filter;

import dev.tollgate.Caller;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.OnStoreFailure;
import dev.tollgate.Policies;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.config.HttpSettings;
import dev.tollgate.providers.TokenCounters;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A real server with the filter, on a free port of the loopback address. */
final class GateServer implements AutoCloseable {

  /** 10 requests a minute, 20 at once. */
  static final Tier FREE =
      Tier.of("free", Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), 20));

  static final Tier PRO =
      Tier.of("pro", Limit.rate(Meter.REQUESTS, 60, Duration.ofMinutes(1), 100));

  /** A servlet of one method. */
  interface Page {
    void serve(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException;
  }

  final AtomicInteger served = new AtomicInteger();
  final Tollgate tollgate;
  private final InstantSource clock;
  private final TollgateFilter gate;
  private volatile HttpSettings settings;
  private final Server server = new Server();
  private final ServerConnector connector;
  private final ServletContextHandler context = new ServletContextHandler("/");
  private final HttpClient client = HttpClient.newHttpClient();

  GateServer(HttpSettings settings) {
    this(settings, List.of(FREE, PRO), Route.of("chat"));
  }

  GateServer(HttpSettings settings, List<Tier> tiers, Route... routes) {
    this(settings, Policies.of(tiers, List.of(routes), PriceBook.EMPTY), new HandSetClock());
  }

  /** With limits that are counted by this clock, which is the system's in tests that wait. */
  GateServer(HttpSettings settings, Policies policies, InstantSource clock) {
    this(settings, policies, clock, new MemoryStore(1000, clock));
  }

  GateServer(HttpSettings settings, Policies policies, InstantSource clock, Store store) {
    this.clock = clock;
    tollgate =
        Tollgate.builder(policies, store)
            .clock(clock)
            .onStoreFailure(OnStoreFailure.CLOSED, 1)
            .build();
    HttpConfiguration http = new HttpConfiguration();
    http.setUriCompliance(UriCompliance.UNSAFE);
    connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(context);
    context.getServletHandler().setDecodeAmbiguousURIs(true);
    this.settings = settings;
    gate =
        new TollgateFilter(tollgate, () -> this.settings, new TokenCounters(Runnable::run), clock);
    page("/", (request, response) -> answer(response));
  }

  void advance(Duration duration) {
    ((HandSetClock) clock).advance(duration);
  }

  /** A filter before Tollgate's. */
  GateServer addFilter(Filter filter) {
    return addFilter(filter, true);
  }

  GateServer addFilter(Filter filter, boolean async) {
    FilterHolder holder = new FilterHolder(filter);
    holder.setAsyncSupported(async);
    context.addFilter(holder, "/*", EnumSet.allOf(DispatcherType.class));
    return this;
  }

  GateServer page(String pattern, Page page) {
    ServletHolder holder = new ServletHolder(new PageServlet(page));
    holder.setAsyncSupported(true);
    context.addServlet(holder, pattern);
    return this;
  }

  GateServer errorPage(int status, String path) {
    ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
    errors.addErrorPage(status, path);
    context.setErrorHandler(errors);
    return this;
  }

  void reload(HttpSettings changed) {
    settings = changed;
  }

  TollgateFilter filter() {
    return gate;
  }

  GateServer start() throws Exception {
    addFilter(gate);
    server.start();
    return this;
  }

  void answer(HttpServletResponse response) throws IOException {
    served.incrementAndGet();
    response.getWriter().print("served");
  }

  /** How many requests the caller of this key has left. */
  long left(String key) {
    String id = "key-" + HttpSettingsBuilder.HASH_KEY.hash(key);
    return tollgate.limits(new Caller(id, "free"), "chat").get(0).remaining();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + connector.getLocalPort() + path))
        .timeout(Duration.ofSeconds(20));
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(path);
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpResponse<String> call(String key) throws Exception {
    return get("/api/chat", "X-API-Key", key);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpClient client() {
    return client;
  }

  /** Sends a request line as it is, which no client library would do. */
  String raw(String method, String target, String... headerLines) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", connector.getLocalPort())) {
      socket.setSoTimeout(10_000);
      String head =
          method
              + " "
              + target
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              + String.join("", List.of(headerLines).stream().map(line -> line + "\r\n").toList())
              + "\r\n";
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      InputStream in = socket.getInputStream();
      in.transferTo(answer);
      return answer.toString(StandardCharsets.ISO_8859_1);
    }
  }

  /** A connection that a test uses, and ends, as it likes. */
  Socket connect() throws IOException {
    return new Socket("127.0.0.1", connector.getLocalPort());
  }

  @Override
  public void close() throws Exception {
    server.stop();
    tollgate.close();
  }

  private static final class PageServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    private final transient Page page;

    PageServlet(Page page) {
      this.page = page;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      page.serve(request, response);
    }
  }
}
