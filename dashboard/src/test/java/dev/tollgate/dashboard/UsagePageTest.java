package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.BreakerControl;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Reservation;
import dev.tollgate.SpendScope;
import dev.tollgate.Usage;
import java.math.BigDecimal;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller sees of the own usage, and of that of others. */
class UsagePageTest {

  private static final String HTML = "text/html,application/xhtml+xml,*/*;q=0.8";

  private PageServer server;

  @BeforeEach
  void start() throws Exception {
    server = PageServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private void call(String caller, long input, long output) {
    server
        .tollgate()
        .reserve(Call.of(new Caller(caller, "free"), "chat").model("m").estimate(input, output))
        .orThrow()
        .settle(Usage.of(input, output));
  }

  @Test
  void peopleSeeAPageOfWhatIsLeft() throws Exception {
    call("ann", 700, 300);
    HttpResponse<String> page = server.get("usage", "User", "ann", "Accept", HTML);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=utf-8");
    assertThat(text(page))
        .contains("ann · tier free")
        .contains("Full mode")
        .contains("answers to 256 tokens")
        .contains("Tokens per day 9,000 tokens left")
        .contains("1,000 of 10,000 used starts again in 12 h")
        .contains("Cost per month $4.9987 left")
        .contains("by the month's end")
        .contains("Requests per minute 19 requests left")
        .contains("chat m 700 300 $0.0013");
  }

  /** The words of a page, as they are read out. */
  private static String text(HttpResponse<String> page) {
    return page.body().replaceAll("<[^>]*>", " ").replaceAll("\\s+", " ").replace("&#39;", "'");
  }

  @Test
  void programsGetTheSameAsJson() throws Exception {
    call("ann", 700, 300);
    for (String accept :
        new String[] {"*/*", "application/json", "application/json, text/html;q=0.5"}) {
      HttpResponse<String> answer = server.get("usage", "User", "ann", "Accept", accept);
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(
              Json.read(answer.body().getBytes(StandardCharsets.UTF_8))
                  .at("/limits/1/used")
                  .asLong())
          .isEqualTo(1000);
    }
  }

  @Test
  void aPartForAnotherPageHasNoFrame() throws Exception {
    HttpResponse<String> part = server.get("usage?embed", "User", "ann", "Accept", "text/html");
    assertThat(part.body()).startsWith("<article").doesNotContain("<head>", "<script");
  }

  @Test
  void aHostileNameIsOnlyText() throws Exception {
    String name = "<script>alert(1)</script>";
    HttpResponse<String> page = server.get("usage", "User", name, "Accept", HTML);
    assertThat(page.body())
        .contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>")
        .doesNotContain("<script>");
  }

  @Test
  void alertsAreTold() throws Exception {
    call("ann", 8000, 500);
    assertThat(awaitText("ann", "80 % of tokens-per-day is used")).isTrue();
    call("bob", 1, 1);
    assertThat(text(server.get("usage", "User", "bob", "Accept", HTML)))
        .doesNotContain("80 % of t");
  }

  @Test
  void anOpenBreakerIsTold() throws Exception {
    server.tollgate().control(SpendScope.APPLICATION, BreakerControl.OPEN);
    assertThat(text(server.get("usage", "User", "ann", "Accept", HTML)))
        .contains("Partly halted")
        .contains("Spending is abnormal: optional and background calls are refused.")
        .containsPattern("They may go on in \\d+ min( \\d+ s)? at the earliest")
        .doesNotContain("Full mode");
    JsonNode usage = json(server.get("usage", "User", "ann"));
    assertThat(usage.path("mode").textValue()).isEqualTo("full");
    assertThat(usage.path("notice").textValue())
        .startsWith("Spending is abnormal: optional and background calls are refused. Not before")
        .contains("2026-03-10T12:1");

    server.tollgate().control(SpendScope.APPLICATION, BreakerControl.CLOSED);
    assertThat(json(server.get("usage", "User", "ann")).has("notice")).isFalse();
  }

  @Test
  void aSpentBudgetIsToldUntilItsWindowEnds() throws Exception {
    for (int i = 0; i < 2; i++) {
      server
          .tollgate()
          .reserve(Call.of(new Caller("c" + i, "free"), "chat").model("m").estimate(1, 1))
          .orThrow()
          .settle(Usage.of(1, 1), new BigDecimal("50"));
    }
    assertThat(text(server.get("usage", "User", "ann", "Accept", HTML)))
        .contains("Partly halted")
        .contains("The spending limit is reached: calls are refused.")
        .contains("They may go on in 21 d 12 h at the earliest")
        .doesNotContain("openai");
  }

  @Test
  void whatAProviderSaysOfItsOwnLimitIsTold() throws Exception {
    Reservation reservation =
        server
            .tollgate()
            .reserve(Call.of(new Caller("bob", "free"), "chat").model("m").estimate(1, 1))
            .orThrow();
    reservation.providerLimitReached(
        "insufficient_quota", Optional.of(PageServer.NOW.plus(Duration.ofHours(3))));
    reservation.cancel();
    assertThat(text(server.get("usage", "User", "ann", "Accept", HTML)))
        .contains("The spending limit is reached: calls are refused.")
        .contains("They may go on in 3 h at the earliest");
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return Json.read(answer.body().getBytes(StandardCharsets.UTF_8));
  }

  /** The engine tells of alerts on a thread of its own. */
  private boolean awaitText(String user, String expected) throws Exception {
    for (int i = 0; i < 200; i++) {
      if (text(server.get("usage", "User", user, "Accept", HTML)).contains(expected)) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  @ParameterizedTest
  @ValueSource(strings = {"usage/bob", "usage?caller=bob", "usage/nobody", "usage/ann/x"})
  void theUsageOfOthersIsNotFound(String path) throws Exception {
    call("bob", 1, 1);
    HttpResponse<String> answer = server.get(path, "User", "ann");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).doesNotContain("bob", "limits");
  }

  @Test
  void theServerRefusesAPathWithAnotherInside() throws Exception {
    assertThat(server.get("usage/%2e%2e%2fbob", "User", "ann").statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"usage/", "usage/ann", "usage?caller=ann"})
  void theOwnUsageMayBeNamed(String path) throws Exception {
    assertThat(server.get(path, "User", "ann").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"text/html, text/html", "*/*, application/problem+json"})
  void whoDoesNotSayWhoTheyAreIsToldSo(String accept, String type) throws Exception {
    HttpResponse<String> answer = server.get("usage", "Accept", accept);
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith(type);
    assertThat(answer.body()).contains("send your credentials");
  }

  @Test
  void onlyGetIsAnswered() throws Exception {
    HttpRequest.Builder post =
        server.request("usage", "User", "ann").POST(HttpRequest.BodyPublishers.noBody());
    assertThat(server.send(post).statusCode()).isEqualTo(405);
  }

  @Test
  void aPageRunsOnlyWhatItsServerServes() throws Exception {
    HttpResponse<String> page = server.get("usage", "User", "ann", "Accept", HTML);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(Pattern.compile(" (on\\w+|style)=").matcher(page.body()).find()).isFalse();
    assertThat(page.body()).contains("src=\"/app/tollgate/assets/page.js\"");
  }

  @Test
  void scriptsAndStylesAreServedToEverybody() throws Exception {
    HttpResponse<String> script = server.get("assets/live.js");
    assertThat(script.statusCode()).isEqualTo(200);
    assertThat(script.headers().firstValue("Content-Type"))
        .contains("text/javascript;charset=UTF-8");
    String tag = script.headers().firstValue("ETag").orElseThrow();
    assertThat(server.get("assets/live.js", "If-None-Match", tag).statusCode()).isEqualTo(304);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "assets",
        "assets/",
        "assets/Assets.class",
        "assets/../usage",
        "assets/%2e%2e/Json.class",
        "assets//live.js",
        "assets/live.js/"
      })
  void nothingElseIsServed(String path) throws Exception {
    assertThat(server.get(path).statusCode()).isIn(400, 401, 404);
  }
}
