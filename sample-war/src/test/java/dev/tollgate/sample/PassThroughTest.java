package dev.tollgate.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.sample.SampleSettings.ProviderSettings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pass-through on a real server, before a provider that does what each test says. */
@Timeout(60)
class PassThroughTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String COMPLETIONS = "/v1/chat/completions";
  private static final String MESSAGES = "/v1/messages";
  private static final int PASSAGES = 5;
  private static final Duration LONG = Duration.ofSeconds(30);

  private record Received(String path, Map<String, List<String>> headers, String body) {}

  private interface Script {
    void play(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final List<Boolean> billed = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Server server = new Server();
  private HttpServer upstream;
  private Provider provider;
  private ServletHolder servlet;
  private volatile Script script;
  private URI address;

  @BeforeEach
  void startUpstream() throws IOException {
    upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    upstream.setExecutor(threads);
    upstream.createContext("/", this::handle);
    upstream.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    provider.close();
    upstream.stop(0);
    threads.shutdownNow();
  }

  @Test
  void handsARequestOnWithTheProvidersKeyInPlaceOfTheCallers() throws Exception {
    script = answer(200, "{}");
    start("sk-provider", LONG);
    post(COMPLETIONS, "{\"a\": 1 }", "Authorization", "Bearer demo", "Cookie", "a=b");
    Received request = received.take();
    assertThat(request.path()).isEqualTo("/base/chat/completions");
    assertThat(request.body()).isEqualTo("{\"a\": 1 }");
    assertThat(request.headers().get("Authorization")).containsExactly("Bearer sk-provider");
    assertThat(request.headers()).doesNotContainKeys("Cookie", "X-api-key");
  }

  @Test
  void handsTheHeadersOfAnthropicsProtocolOn() throws Exception {
    script = answer(200, "{}");
    start("sk-provider", LONG);
    post(MESSAGES, "{}", "X-API-Key", "demo", "anthropic-version", "2023-06-01");
    Received request = received.take();
    assertThat(request.path()).isEqualTo("/base/messages");
    assertThat(request.headers().get("X-api-key")).containsExactly("sk-provider");
    assertThat(request.headers().get("Anthropic-version")).containsExactly("2023-06-01");
    assertThat(request.headers()).doesNotContainKeys("Authorization", "Anthropic-beta");
  }

  @Test
  void showsNoKeyToAProviderThatHasNone() throws Exception {
    script = answer(200, "{}");
    start("", LONG);
    post(COMPLETIONS, "{}", "Authorization", "Bearer demo");
    assertThat(received.take().headers()).doesNotContainKeys("Authorization", "X-api-key");
  }

  @ParameterizedTest
  @CsvSource({"200", "400", "403", "429", "500", "529"})
  void handsAnswersBackWithTheirStatus(int status) throws Exception {
    script =
        exchange -> {
          exchange.getResponseHeaders().set("Retry-After", "7");
          exchange.getResponseHeaders().set("x-request-id", "req-1");
          exchange.getResponseHeaders().set("x-ratelimit-remaining-requests", "1");
          exchange.getResponseHeaders().set("Set-Cookie", "a=b");
          answer(status, "{\"error\":{\"message\":\"Grüße\"}}").play(exchange);
        };
    start("sk-provider", LONG);
    HttpResponse<String> response = post(COMPLETIONS, "{}");
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo("{\"error\":{\"message\":\"Grüße\"}}");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(response.headers().firstValue("Retry-After")).hasValue("7");
    assertThat(response.headers().firstValue("x-request-id")).hasValue("req-1");
    assertThat(response.headers().firstValue("x-ratelimit-remaining-requests")).isEmpty();
    assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void handsEachPieceOfAStreamOnBeforeTheNextIsThere() throws Exception {
    BlockingQueue<String> pieces = new LinkedBlockingQueue<>(List.of("data: first\n\n"));
    script =
        exchange -> {
          begin(exchange, "text/event-stream");
          for (int i = 0; i < 3; i++) {
            write(exchange, pieces.take());
          }
          exchange.close();
        };
    start("", LONG);
    HttpResponse<InputStream> response = open(COMPLETIONS);
    assertThat(read(response, 13)).isEqualTo("data: first\n\n");
    pieces.add("data: second\n\n");
    assertThat(read(response, 14)).isEqualTo("data: second\n\n");
    pieces.add("data: [DONE]\n\n");
    assertThat(response.body().readAllBytes()).isEqualTo("data: [DONE]\n\n".getBytes(UTF_8));
  }

  @Test
  void breaksTheSilenceOfAStreamBetweenItsEvents() throws Exception {
    BlockingQueue<String> pieces = new LinkedBlockingQueue<>(List.of("data: first\r\n\r\n"));
    script =
        exchange -> {
          begin(exchange, "text/event-stream");
          for (int i = 0; i < 3; i++) {
            write(exchange, pieces.take());
          }
          exchange.close();
        };
    start("", LONG);
    HttpResponse<InputStream> response = open(COMPLETIONS);
    assertThat(read(response, 15)).isEqualTo("data: first\r\n\r\n");
    assertThat(read(response, 6)).as("two comments").isEqualTo(":\n\n:\n\n");
    pieces.add("data: ha");
    String soFar = readPast(response, "data: ha");
    assertThat(soFar.replace(":\n\n", "")).isEqualTo("data: ha");
    TimeUnit.MILLISECONDS.sleep(2500);
    pieces.add("lf\n\n");
    assertThat(response.body().readAllBytes()).isEqualTo("lf\n\n".getBytes(UTF_8));
  }

  private static String readPast(HttpResponse<InputStream> response, String end)
      throws IOException {
    StringBuilder all = new StringBuilder();
    while (all.indexOf(end) < 0) {
      all.append(read(response, 1));
    }
    return all.toString();
  }

  @Test
  void handsALongAnswerOnWhole() throws Exception {
    String body = "\"" + "0123456789".repeat(500_000) + "\"";
    script = answer(200, body);
    start("", LONG);
    assertThat(post(COMPLETIONS, "{}").body()).isEqualTo(body);
  }

  @Test
  void endsTheProvidersWorkWhenTheClientLeaves() throws Exception {
    CountDownLatch broken = new CountDownLatch(1);
    script = endless(new AtomicLong(), broken, "data: x\n\n".getBytes(UTF_8), 5);
    start("", LONG);
    HttpResponse<InputStream> response = open(COMPLETIONS);
    assertThat(read(response, 9)).isEqualTo("data: x\n\n");
    response.body().close();
    assertThat(broken.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void takesNoMoreFromTheProviderThanTheClientTakes() throws Exception {
    AtomicLong written = new AtomicLong();
    CountDownLatch broken = new CountDownLatch(1);
    script = endless(written, broken, new byte[64 * 1024], 0);
    start("", LONG);
    try (Socket lazy = new Socket(address.getHost(), address.getPort())) {
      String head = "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}";
      lazy.getOutputStream().write(head.formatted(COMPLETIONS).getBytes(UTF_8));
      long before;
      do {
        before = written.get();
        Thread.sleep(500);
      } while (before == 0 || written.get() > before);
      assertThat(before).isLessThan(64L * 1024 * 1024);
    }
    assertThat(broken.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void saysInTheStreamThatItBrokeOff() throws Exception {
    script =
        exchange -> {
          begin(exchange, "text/event-stream");
          write(exchange, "data: half an ev");
          throw new IOException("the provider breaks down");
        };
    start("", LONG);
    assertThat(post(COMPLETIONS, "{}").body())
        .isEqualTo(
            "data: half an ev\n\ndata: {\"error\":{\"message\":\"the provider's answer broke off\","
                + "\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n");
    assertThat(post(MESSAGES, "{}").body())
        .isEqualTo(
            "data: half an ev\n\nevent: error\ndata: {\"type\":\"error\",\"error\":{\"type\":"
                + "\"api_error\",\"message\":\"the provider's answer broke off\"}}\n\n");
  }

  @Test
  void breaksAStreamOffThatTakesTooLong() throws Exception {
    CountDownLatch broken = new CountDownLatch(1);
    script = endless(new AtomicLong(), broken, "data: x\n\n".getBytes(UTF_8), 5);
    start("", Duration.ofSeconds(3));
    assertThat(post(MESSAGES, "{}").body()).startsWith("data: x").contains("event: error\n");
    assertThat(broken.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void endsAStreamWithTheApplication() throws Exception {
    CountDownLatch broken = new CountDownLatch(1);
    script = endless(new AtomicLong(), broken, "data: x\n\n".getBytes(UTF_8), 5);
    start("", LONG);
    InputStream answer = open(MESSAGES).body();
    assertThat(answer.read()).isEqualTo('d');

    servlet.stop();

    assertThat(new String(answer.readAllBytes(), UTF_8)).contains("event: error\n");
    assertThat(broken.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void answersAGatewayTimeoutToTheClientOfASilentProvider() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    script = exchange -> end.await();
    start("", Duration.ofMillis(300));
    HttpResponse<String> response = post(MESSAGES, "{}");
    end.countDown();
    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(billed).containsExactly(true);
    assertThat(response.body())
        .isEqualTo(
            "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":"
                + "\"the provider did not answer in time\"}}");
  }

  @Test
  void doesNotRepeatWhatAProviderSaysOfTheApplicationsKey() throws Exception {
    script =
        exchange -> {
          byte[] body = "wrong key: secret".getBytes(UTF_8);
          exchange.sendResponseHeaders(401, body.length);
          exchange.getResponseBody().write(body);
        };
    start("secret", LONG);
    HttpResponse<String> response = post(COMPLETIONS, "{}");
    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(billed).containsExactly(false);
    assertThat(response.body()).contains("does not know the application's key");
    assertThat(response.body()).doesNotContain("wrong key");
  }

  @Test
  void answersABadGatewayWhereNoProviderIs() throws Exception {
    start("", LONG);
    upstream.stop(0);
    HttpResponse<String> response = post(COMPLETIONS, "{}");
    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(billed).containsExactly(false);
    assertThat(response.body())
        .isEqualTo(
            "{\"error\":{\"message\":\"the provider cannot be reached\",\"type\":\"server_error\","
                + "\"param\":null,\"code\":null}}");
  }

  @ParameterizedTest
  @CsvSource({"500,1", "502,1", "503,1", "529,1", "504,0", "429,0", "200,0"})
  void saysThatAProviderDoesNotBillItsOwnErrors(int status, int said) throws Exception {
    script = answer(status, "{}");
    start("", LONG);
    assertThat(post(COMPLETIONS, "{}").statusCode()).isEqualTo(status);
    assertThat(billed).hasSize(said).doesNotContain(true);
  }

  @Test
  void saysThatAProviderThatBrokeOffMayHaveBilled() throws Exception {
    script = HttpExchange::close;
    start("", LONG);
    assertThat(post(COMPLETIONS, "{}").statusCode()).isEqualTo(502);
    assertThat(billed).containsExactly(true);
  }

  @Test
  void asksTheProviderNothingForARequestThatIsNotValid() throws Exception {
    start("", LONG);
    assertThat(refused(request(COMPLETIONS, "{}", "Content-Encoding", "gzip"))).isEqualTo(400);
    assertThat(refused(request(COMPLETIONS, "{}", "Content-Type", "text/plain"))).isEqualTo(415);
    assertThat(refused(request(MESSAGES, "{}", "anthropic-beta", "a".repeat(501)))).isEqualTo(400);
    assertThat(refused(request(COMPLETIONS, "").GET())).isEqualTo(405);
    byte[] large = new byte[JsonBody.MAX_BYTES + 1];
    HttpRequest.Builder unannounced =
        request(COMPLETIONS, "")
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)));
    assertThat(refused(unannounced)).isEqualTo(413);
    assertThat(received).isEmpty();
  }

  /** Over a connection of its own: the server closes one whose body it has not read. */
  private static int refused(HttpRequest.Builder request) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    return client.send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  @Test
  void turnsAwayWhatIsMoreThanItsBoundAndGoesOnAfterwards() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    script =
        exchange -> {
          end.await();
          answer(200, "{}").play(exchange);
        };
    start("", LONG);
    CompletableFuture<?>[] waiting = new CompletableFuture<?>[PASSAGES];
    for (int i = 0; i < waiting.length; i++) {
      waiting[i] = CLIENT.sendAsync(request(COMPLETIONS, "{}").build(), BodyHandlers.discarding());
    }
    for (int i = 0; i < waiting.length; i++) {
      received.take();
    }
    assertThat(post(COMPLETIONS, "{}").statusCode()).isEqualTo(503);
    end.countDown();
    CompletableFuture.allOf(waiting).join();
    assertThat(post(COMPLETIONS, "{}").statusCode()).isEqualTo(200);
  }

  private void start(String key, Duration timeout) throws Exception {
    URI base = URI.create("http://127.0.0.1:" + upstream.getAddress().getPort() + "/base");
    provider = new OpenAiProvider(new ProviderSettings.OpenAi(base, key, "max_tokens", timeout));
    ServletContextHandler context = new ServletContextHandler("/");
    servlet = new ServletHolder(new PassThroughServlet(provider, timeout, PASSAGES));
    servlet.setAsyncSupported(true);
    context.addServlet(servlet, COMPLETIONS);
    context.addServlet(servlet, MESSAGES);
    FilterHolder listening = new FilterHolder(this::listen);
    listening.setAsyncSupported(true);
    context.addFilter(listening, "/*", EnumSet.of(DispatcherType.REQUEST));
    server.setHandler(context);
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.start();
    address = URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/");
  }

  /** Hears what the servlet says of billing. */
  private void listen(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest heard =
        new HttpServletRequestWrapper((HttpServletRequest) request) {
          @Override
          public void setAttribute(String name, Object value) {
            super.setAttribute(name, value);
            if (name.equals("dev.tollgate.billed")) {
              billed.add((Boolean) value);
            }
          }
        };
    chain.doFilter(heard, response);
  }

  private void handle(HttpExchange exchange) throws IOException {
    received.add(
        new Received(
            exchange.getRequestURI().toString(),
            exchange.getRequestHeaders(),
            new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
    try {
      script.play(exchange);
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  private static Script answer(int status, String body) {
    byte[] bytes = body.getBytes(UTF_8);
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    };
  }

  /** Writes a piece every few milliseconds until nobody takes it any longer. */
  private static Script endless(
      AtomicLong written, CountDownLatch broken, byte[] piece, long pauseMillis) {
    return exchange -> {
      try {
        begin(exchange, "text/event-stream");
        while (true) {
          exchange.getResponseBody().write(piece);
          exchange.getResponseBody().flush();
          written.addAndGet(piece.length);
          Thread.sleep(pauseMillis);
        }
      } catch (IOException clientLeft) {
        broken.countDown();
      }
    };
  }

  private static void begin(HttpExchange exchange, String type) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(200, 0);
  }

  private static void write(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseBody().write(text.getBytes(UTF_8));
    exchange.getResponseBody().flush();
  }

  private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    return CLIENT.send(request(path, body, headers).build(), BodyHandlers.ofString());
  }

  private HttpResponse<InputStream> open(String path) throws Exception {
    return CLIENT.send(request(path, "{}").build(), BodyHandlers.ofInputStream());
  }

  private HttpRequest.Builder request(String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve(path)).POST(BodyPublishers.ofString(body));
    return headers.length == 0 ? request : request.headers(headers);
  }

  private static String read(HttpResponse<InputStream> response, int bytes) throws IOException {
    return new String(response.body().readNBytes(bytes), UTF_8);
  }
}
