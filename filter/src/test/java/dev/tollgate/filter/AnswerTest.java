package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.PriceBook;
import dev.tollgate.Priority;
import dev.tollgate.Restriction;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Window;
import dev.tollgate.config.ErrorFormat;
import dev.tollgate.config.HttpSettings;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Hold;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The headers and bodies of answers, to the letter. The tests' clock stands at noon UTC. */
class AnswerTest {

  private static final ZoneId UTC = ZoneId.of("UTC");

  private GateServer server;

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void severalLimitsAreOneList() throws Exception {
    start(
        Tier.of(
            "free",
            Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), 20),
            Limit.of(Meter.REQUESTS, 200, new Window.Calendar(Window.Unit.DAY, UTC)),
            Limit.of(Meter.TOKENS, 1_000_000, new Window.Calendar(Window.Unit.MONTH, UTC)),
            Limit.of(Meter.COST, 5_000_000_000L, new Window.Calendar(Window.Unit.MONTH, UTC))));
    HttpHeaders headers = server.call("k").headers();
    assertThat(headers.firstValue("RateLimit-Policy"))
        .contains(
            "\"requests-per-minute\";q=20;w=120, "
                + "\"requests-per-day\";q=200;w=86400, "
                + "\"tokens-per-month\";q=1000000;w=2678400;qu=\"tokens\", "
                + "\"cost-per-month\";q=5000000;w=2678400;qu=\"micro-usd\"");
    assertThat(headers.firstValue("RateLimit"))
        .contains(
            "\"requests-per-minute\";r=19;t=6, "
                + "\"requests-per-day\";r=199;t=43200, "
                + "\"tokens-per-month\";r=1000000;t=2635200, "
                + "\"cost-per-month\";r=5000000;t=2635200");
  }

  @Test
  void theLongestWaitCountsAndAboveTwoMinutesClientsShouldNotRetry() throws Exception {
    start(
        Tier.of(
                "free",
                Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(1), 1),
                Limit.of(Meter.REQUESTS, 1, new Window.Calendar(Window.Unit.DAY, UTC)))
            .ladder(Ladder.REFUSE));
    server.call("k");
    HttpResponse<String> refused = server.call("k");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).contains("43200");
    assertThat(refused.headers().firstValue("retry-after-ms")).contains("43200000");
    assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    assertThat(refused.headers().firstValue("RateLimit"))
        .contains("\"requests-per-minute\";r=0;t=60, \"requests-per-day\";r=0;t=43200");
    assertThat(refused.body())
        .contains("\"violated-policies\":[\"requests-per-day\",\"requests-per-minute\"]");
  }

  @Test
  void aWaitIsRoundedUpToWholeSecondsAndMilliseconds() throws Exception {
    start(Tier.of("free", Limit.rate(Meter.REQUESTS, 7, Duration.ofSeconds(1), 1)));
    server.call("k");
    HttpHeaders headers = server.call("k").headers();
    assertThat(headers.firstValue("Retry-After")).contains("1");
    assertThat(headers.firstValue("retry-after-ms")).contains("143");
  }

  @Test
  void aRestrictedCallIsToldWhatItMayUse() throws Exception {
    start(restricting(Restriction.DEFAULT));
    assertThat(server.call("k").headers().firstValue("Tollgate-Mode")).isEmpty();
    HttpResponse<String> restricted = server.call("k");
    assertThat(restricted.statusCode()).isEqualTo(200);
    assertThat(restricted.headers().firstValue("Tollgate-Mode"))
        .contains("restricted; context=4000; output=256");
  }

  @Test
  void aRestrictionSaysOnlyWhatItRestricts() throws Exception {
    start(restricting(new Restriction(Restriction.UNBOUNDED, 100, "small \"one\"", Priority.LOW)));
    server.call("k");
    assertThat(server.call("k").headers().firstValue("Tollgate-Mode"))
        .contains("restricted; output=100; model=\"small \\\"one\\\"\"");
  }

  @Test
  void limitsOfRestrictedCallsAreToldToThemOnly() throws Exception {
    start(
        new Tier(
            "free",
            List.of(Limit.of(Meter.REQUESTS, 1, new Window.Calendar(Window.Unit.DAY, UTC))),
            new Ladder(List.of(new Ladder.Rung(100, Ladder.Action.RESTRICT))),
            Restriction.DEFAULT,
            List.of(Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(1), 1)),
            Priority.NORMAL));
    assertThat(server.call("k").headers().firstValue("RateLimit"))
        .contains("\"requests-per-day\";r=0;t=43200");
    assertThat(server.call("k").headers().firstValue("RateLimit"))
        .contains("\"requests-per-day\";r=0;t=43200, \"restricted/requests-per-minute\";r=0;t=60");
    HttpResponse<String> refused = server.call("k");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body())
        .contains("\"violated-policies\":[\"restricted/requests-per-minute\"]");
  }

  @Test
  void shadowModeLetsInAndTells() throws Exception {
    Policies policies =
        new Policies(
            Map.of(
                "free", Tier.of("free", Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(1), 1))),
            Map.of("chat", Route.of("chat")),
            PriceBook.EMPTY,
            true,
            Spending.UNBOUNDED);
    server = new GateServer(settings(ErrorFormat.PROBLEM), policies, new HandSetClock()).start();
    assertThat(server.call("k").headers().firstValue("Tollgate-Shadow")).isEmpty();
    HttpResponse<String> shadowed = server.call("k");
    assertThat(shadowed.statusCode()).isEqualTo(200);
    assertThat(shadowed.body()).isEqualTo("served");
    assertThat(shadowed.headers().firstValue("Tollgate-Shadow"))
        .contains("refused; limit=\"requests-per-minute\"");
  }

  @Test
  void openAisClientsAreAnsweredInTheirShape() throws Exception {
    start(
        ErrorFormat.OPENAI,
        Tier.of(
            "free",
            Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(6), 1),
            Limit.rate(Meter.TOKENS, 100, Duration.ofMinutes(1), 100)));
    HttpHeaders admitted = server.call("k").headers();
    assertThat(admitted.firstValue("x-ratelimit-limit-requests")).contains("1");
    assertThat(admitted.firstValue("x-ratelimit-remaining-requests")).contains("0");
    assertThat(admitted.firstValue("x-ratelimit-reset-requests")).contains("6m0s");
    assertThat(admitted.firstValue("x-ratelimit-limit-tokens")).contains("100");
    assertThat(admitted.firstValue("x-ratelimit-remaining-tokens")).contains("100");
    assertThat(admitted.firstValue("x-ratelimit-reset-tokens")).contains("0ms");
    HttpResponse<String> refused = server.call("k");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(refused.headers().firstValue("RateLimit")).isPresent();
    assertThat(refused.body())
        .isEqualTo(
            "{\"error\":{"
                + "\"message\":\"Limit requests-per-360s is used up: retry in 360 s.\","
                + "\"type\":\"rate_limit_error\",\"param\":null,"
                + "\"code\":\"rate_limit_exceeded\"}}");
    assertThat(server.get("/api/chat").body()).contains("\"code\":\"invalid_api_key\"");
  }

  @Test
  void anthropicsClientsAreAnsweredInTheirShape() throws Exception {
    start(
        ErrorFormat.ANTHROPIC,
        Tier.of("free", Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(1), 1)));
    HttpHeaders admitted = server.call("k").headers();
    assertThat(admitted.firstValue("anthropic-ratelimit-requests-limit")).contains("1");
    assertThat(admitted.firstValue("anthropic-ratelimit-requests-remaining")).contains("0");
    assertThat(admitted.firstValue("anthropic-ratelimit-requests-reset"))
        .contains("2026-03-01T12:01:00Z");
    assertThat(server.call("k").body())
        .isEqualTo(
            "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\","
                + "\"message\":\"Limit requests-per-minute is used up: retry in 60 s.\"}}");
    assertThat(server.get("/api/chat").body()).contains("\"type\":\"authentication_error\"");
  }

  @Test
  void aStoreThatDoesNotAnswerIsTemporary() throws Exception {
    server =
        new GateServer(
                settings(ErrorFormat.PROBLEM),
                Policies.of(List.of(GateServer.FREE), List.of(Route.of("chat")), PriceBook.EMPTY),
                new HandSetClock(),
                new LostStore())
            .start();
    HttpResponse<String> answer = server.call("k");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.headers().firstValue("RateLimit")).isEmpty();
    assertThat(answer.body())
        .isEqualTo(
            "{\"type\":\"https://iana.org/assignments/http-problem-types"
                + "#temporary-reduced-capacity\","
                + "\"title\":\"Request cannot be satisfied due to temporary server capacity"
                + " constraints\",\"status\":503,"
                + "\"detail\":\"Limits cannot be checked at the moment: retry in 1 s.\"}");
  }

  private void start(Tier tier) throws Exception {
    start(ErrorFormat.PROBLEM, tier);
  }

  private void start(ErrorFormat format, Tier tier) throws Exception {
    server = new GateServer(settings(format), List.of(tier), Route.of("chat")).start();
  }

  private static HttpSettings settings(ErrorFormat format) {
    return new HttpSettingsBuilder()
        .route(HttpSettingsBuilder.route("chat", Duration.ZERO, format, "/api/chat"))
        .build();
  }

  private static Tier restricting(Restriction restriction) {
    return new Tier(
        "free",
        List.of(Limit.of(Meter.REQUESTS, 1, new Window.Calendar(Window.Unit.DAY, UTC))),
        new Ladder(List.of(new Ladder.Rung(100, Ladder.Action.RESTRICT))),
        restriction,
        List.of(),
        Priority.NORMAL);
  }

  /** A store at the other end of a cut cable. */
  private static final class LostStore implements Store {

    @Override
    public Receipt reserve(Request request) throws StoreException {
      throw new StoreException("lost");
    }

    @Override
    public Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException {
      throw new StoreException("lost");
    }

    @Override
    public Receipt cancel(Hold hold) throws StoreException {
      throw new StoreException("lost");
    }

    @Override
    public Receipt read(String account, List<Charge> charges) throws StoreException {
      throw new StoreException("lost");
    }

    @Override
    public void reset(String account) throws StoreException {
      throw new StoreException("lost");
    }

    @Override
    public List<String> rows(String account) throws StoreException {
      throw new StoreException("lost");
    }

    @Override
    public List<OpenHold> openHolds(String account) throws StoreException {
      throw new StoreException("lost");
    }

    @Override
    public boolean expire(String account, String id) throws StoreException {
      throw new StoreException("lost");
    }

    @Override
    public Document document(String name) throws StoreException {
      throw new StoreException("lost");
    }

    @Override
    public boolean replace(String name, long version, String text) throws StoreException {
      throw new StoreException("lost");
    }

    @Override
    public void close() {}
  }
}
