package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.Window;
import dev.tollgate.config.CallDefaults;
import dev.tollgate.config.CallerSource;
import dev.tollgate.config.ErrorFormat;
import dev.tollgate.config.HashKey;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.config.HttpSettings;
import dev.tollgate.config.TierSource;
import dev.tollgate.filter.TollgateFilter;
import dev.tollgate.providers.Protocol;
import dev.tollgate.providers.TokenCounters;
import dev.tollgate.store.MemoryStore;
import jakarta.servlet.DispatcherType;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verdict on a call and its cost, before the call. */
class EstimateServletTest {

  private static final HashKey HASH_KEY =
      new HashKey("a hash key of the tests".getBytes(StandardCharsets.UTF_8));
  private static final Caller ANN = new Caller("key-" + HASH_KEY.hash("ann"), "free");
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-10T12:00:00Z"));

  /** 1 USD for a million tokens in, 2 USD for a million out. */
  private static final PriceBook PRICES =
      new PriceBook(Map.of("m", Price.of(1_000_000_000L, 2_000_000_000L)));

  private static final Tier FREE =
      Tier.of(
          "free",
          Limit.of(Meter.TOKENS, 10_000, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC)));

  private static final HttpSettings SETTINGS =
      new HttpSettings(
          List.of(new CallerSource.Header("X-API-Key")),
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
                  new CallDefaults("m", 1000)),
              new HttpRoute(
                  "completions",
                  List.of("/v1/*"),
                  Set.of(),
                  Duration.ZERO,
                  ErrorFormat.ANTHROPIC,
                  Optional.of(Protocol.ANTHROPIC),
                  CallDefaults.NONE)),
          List.of("/tollgate/*"),
          List.of(),
          HASH_KEY,
          10,
          429);

  private final Tollgate tollgate =
      Tollgate.builder(
              Policies.of(
                  List.of(FREE), List.of(Route.of("chat"), Route.of("completions")), PRICES),
              new MemoryStore(100, CLOCK))
          .clock(CLOCK)
          .build();
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  @BeforeEach
  void start() throws Exception {
    TokenCounters counters = new TokenCounters(Runnable::run);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addFilter(
        new FilterHolder(new TollgateFilter(tollgate, () -> SETTINGS, counters)),
        "/*",
        EnumSet.allOf(DispatcherType.class));
    context.addServlet(
        new ServletHolder(new EstimateServlet(tollgate, () -> SETTINGS, counters)),
        "/tollgate/estimate");
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(context);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    tollgate.close();
  }

  private HttpResponse<String> post(String query, String body) throws Exception {
    return send(query, "ann", "POST", body);
  }

  private HttpResponse<String> send(String query, String key, String method, String body)
      throws Exception {
    URI uri =
        URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/tollgate/estimate" + query);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!key.isEmpty()) {
      request.header("X-API-Key", key);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return Json.read(answer.body().getBytes(StandardCharsets.UTF_8));
  }

  private long remaining() {
    return tollgate.limits(ANN, "chat").get(0).remaining();
  }

  @Test
  void aPromptIsQuotedAtNoCharge() throws Exception {
    HttpResponse<String> answer = post("", "{\"prompt\":\"12345678\",\"maxTokens\":100}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    JsonNode quote = json(answer);
    long input = quote.path("inputTokens").asLong();
    assertThat(input).isBetween(2L, 20L);
    assertThat(quote.path("outputTokens").asLong()).isEqualTo(100);
    assertThat(quote.path("high").isTextual()).isTrue();
    assertThat(quote.path("high").asText()).isEqualTo(dollars(input, 100));
    assertThat(quote.path("costUsd").asText()).isEqualTo(dollars(input, 100));
    assertThat(quote.path("low").asText()).isEqualTo(dollars(input, 1));
    assertThat(quote.path("decision").asText()).isEqualTo("admitted");
    assertThat(quote.path("bindingLimit").isNull()).isTrue();
    assertThat(remaining()).isEqualTo(10_000);
    assertThat(tollgate.calls(ANN)).isEmpty();
  }

  private static String dollars(long input, long output) {
    return Money.usd(input * 1000 + output * 2000).toPlainString();
  }

  @Test
  void whatSuchCallsHaveUsedIsLikely() throws Exception {
    for (int i = 0; i < 40; i++) {
      Call call = Call.of(ANN, "chat").model("m").estimate(10, 1000);
      tollgate.reserve(call).orThrow().settle(Usage.of(10, 20));
    }
    JsonNode quote = json(post("", "{\"prompt\":\"x\"}"));
    assertThat(quote.path("outputTokens").asLong()).isLessThan(1000);
    assertThat(new BigDecimal(quote.path("costUsd").asText()))
        .isBetween(
            new BigDecimal(quote.path("low").asText()),
            new BigDecimal(quote.path("high").asText()));
  }

  @Test
  void aCallAboveItsQuotaIsQuotedAsRestricted() throws Exception {
    tollgate.reserve(Call.of(ANN, "chat").model("m").estimate(9000, 900)).orThrow().close();
    JsonNode quote = json(post("", "{\"prompt\":\"x\"}"));
    assertThat(quote.path("decision").asText()).isEqualTo("restricted");
    assertThat(quote.path("bindingLimit").asText()).isEqualTo("tokens-per-day");
    assertThat(quote.path("outputTokens").asLong()).isEqualTo(256);
    assertThat(remaining()).isEqualTo(100);
  }

  @Test
  void aCallAboveTheLastRungIsQuotedAsRefused() throws Exception {
    tollgate
        .reserve(Call.of(ANN, "chat").model("m").estimate(1, 1))
        .orThrow()
        .settle(Usage.of(14_900, 90));
    JsonNode quote = json(post("", "{\"prompt\":\"x\"}"));
    assertThat(quote.path("decision").asText()).isEqualTo("refused");
    assertThat(quote.path("bindingLimit").asText()).isEqualTo("tokens-per-day");
  }

  @Test
  void aBodyOfTheRoutesProtocolIsQuoted() throws Exception {
    String body =
        "{\"model\":\"m\",\"max_tokens\":7,\"system\":\"Be brief\","
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    JsonNode quote = json(post("?route=completions", body));
    assertThat(quote.path("outputTokens").asLong()).isEqualTo(7);
    assertThat(quote.path("inputTokens").asLong()).isGreaterThan(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"prompt\":\"x\",\"maxTokens\":-1}",
        "{\"prompt\":\"x\",\"maxTokens\":9223372036854775808}",
        "{\"prompt\":\"x\",\"maxTokens\":1e400}",
        "{\"prompt\":\"x\",\"maxTokens\":1,\"maxTokens\":2}",
        "{\"prompt\":5}",
        "{\"prompt\":\" \"}",
        "{\"model\":\"m\"}",
        "no JSON",
        "[]",
      })
  void aBodyThatCannotBeReadIsAProblem(String body) throws Exception {
    HttpResponse<String> answer = post("", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @Test
  void aBodyThatIsTooLargeIsAProblem() throws Exception {
    String body = "{\"prompt\":\"" + "x".repeat(1 << 20) + "\"}";
    assertThat(post("", body).statusCode()).isEqualTo(413);
  }

  @Test
  void anUnknownRouteIsAProblem() throws Exception {
    HttpResponse<String> answer = post("?route=chatt", "{\"prompt\":\"x\"}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("no route 'chatt'; name one of [chat, completions]");
  }

  @Test
  void whoDoesNotSayWhoTheyAreIsToldSo() throws Exception {
    assertThat(send("", "", "POST", "{\"prompt\":\"x\"}").statusCode()).isEqualTo(401);
  }

  @Test
  void onlyPostIsAnswered() throws Exception {
    HttpResponse<String> answer = send("", "ann", "GET", "");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("POST");
  }
}
