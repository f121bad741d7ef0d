package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tollgate.AuditRow;
import dev.tollgate.BreakerControl;
import dev.tollgate.BreakerState;
import dev.tollgate.BreakerStatus;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Reservation;
import dev.tollgate.Usage;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators see, and nobody else. */
class AdminPageTest {

  private PageServer server;

  @BeforeEach
  void start() throws Exception {
    server = PageServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private HttpResponse<String> asOperator(String path) throws Exception {
    return server.get(
        path, "User", "olga", "Role", "tollgate-admin", "Accept", "text/html,*/*;q=0.8");
  }

  private void call(String caller, long input, long output) {
    server
        .tollgate()
        .reserve(Call.of(new Caller(caller, "free"), "chat").model("m").estimate(input, output))
        .orThrow()
        .settle(Usage.of(input, output));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"admin", "admin/", "admin/callers", "admin/callers?id=ann", "admin/configuration"})
  void onlyOperatorsMaySeeThem(String path) throws Exception {
    assertThat(server.get(path).statusCode()).isEqualTo(403);
    HttpResponse<String> user = server.get(path, "User", "ann", "Role", "free");
    assertThat(user.statusCode()).isEqualTo(403);
    assertThat(user.body()).contains("log in as a user in the role tollgate-admin");
    assertThat(asOperator(path).statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    assertThat(asOperator("admin/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void alertsOfEverybodyAreShown() throws Exception {
    String name = "<script>alert(1)</script>";
    call(name, 8000, 500);
    String page = "";
    for (int i = 0; i < 200 && !page.contains("80 % of tokens-per-day"); i++) {
      page = asOperator("admin").body();
    }
    assertThat(page)
        .contains("80 % of tokens-per-day is used")
        .contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>")
        .doesNotContain("<script>");
  }

  @Test
  void anyCallersUsageIsShown() throws Exception {
    call("ann b", 700, 300);
    String id = URLEncoder.encode("ann b", StandardCharsets.UTF_8);
    assertThat(asOperator("admin/callers?id=" + id + "&tier=free").body())
        .contains("<bdi>ann b</bdi>")
        .contains("1,000 of 10,000 used");
  }

  @Test
  void aCallerOfNoTierIsAProblem() throws Exception {
    assertThat(asOperator("admin/callers?id=ann&tier=gold").statusCode()).isEqualTo(400);
  }

  @Test
  void breakersAndBudgetsAreShown() throws Exception {
    assertThat(asOperator("admin").body())
        .contains("<span>Application</span>", "data-mode=\"full\">Closed</span>")
        .contains("<span>openai</span>", "of $100.00");
  }

  /** A browser with the operators' page before it. */
  private final class Browser {
    private final String cookie;
    private final String token;

    Browser() throws Exception {
      HttpResponse<String> page = asOperator("admin");
      String given = page.headers().firstValue("Set-Cookie").orElseThrow();
      assertThat(given).contains("HttpOnly", "SameSite=Strict", "Path=/app/tollgate/admin");
      cookie = given.substring(0, given.indexOf(';'));
      Matcher field = Pattern.compile("name=\"token\" value=\"(\\w+)\"").matcher(page.body());
      assertThat(field.find()).isTrue();
      token = field.group(1);
    }

    HttpResponse<String> send(String form, String... headers) throws Exception {
      return sendTo("admin/actions", form, headers);
    }

    /** Sends a form of a caller's page, which leads back there, and gives that page. */
    String sendAndFollow(String form) throws Exception {
      HttpResponse<String> answer = sendTo("admin/actions?tier=free", form);
      assertThat(answer.statusCode()).isEqualTo(303);
      String next = answer.headers().firstValue("Location").orElseThrow();
      assertThat(next).startsWith("/app/tollgate/admin/callers?id=");
      return asOperator(next.substring("/app/tollgate/".length())).body();
    }

    private HttpResponse<String> sendTo(String path, String form, String... headers)
        throws Exception {
      HttpRequest.Builder request =
          server
              .request(path, "User", "olga", "Role", "tollgate-admin")
              .header("Content-Type", "application/x-www-form-urlencoded")
              .header("Cookie", cookie)
              .POST(HttpRequest.BodyPublishers.ofString("token=" + token + "&" + form));
      return server.send(headers.length == 0 ? request : request.headers(headers));
    }
  }

  private static final String OPEN =
      "action=control-breaker&subject=application&choice=OPEN&reason=A+leaked+key";

  @Test
  void anOrderToTheBreakerLastsAsManyHoursAsTheOperatorSays() throws Exception {
    new Browser().send(OPEN + "&hours=3");
    assertThat(server.tollgate().breakers())
        .extracting(BreakerStatus::controlEnds)
        .containsExactly(Optional.of(PageServer.NOW.plus(Duration.ofHours(3))));
    assertThat(server.tollgate().audits())
        .extracting(AuditRow::action)
        .containsExactly("breaker-open for 3 hours");
  }

  @Test
  void anOperatorOpensTheBreaker() throws Exception {
    HttpResponse<String> answer = new Browser().send(OPEN);
    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(answer.headers().firstValue("Location"))
        .contains("/app/tollgate/admin?done=breaker");
    assertThat(asOperator("admin?done=breaker").body()).contains("Done. The breaker was set.");
    assertThat(server.tollgate().breakers())
        .extracting(BreakerStatus::state)
        .containsExactly(BreakerState.OPEN);
    Call call = Call.of(new Caller("ann", "free"), "chat").model("m").estimate(1, 1);
    assertThat(server.tollgate().reserve(call)).isInstanceOf(Decision.Refused.class);
    assertThat(server.tollgate().audits())
        .containsExactly(
            new AuditRow(
                PageServer.NOW,
                "olga",
                "breaker-open for 24 hours",
                "application",
                "A leaked key"));
    assertThat(asOperator("admin").body())
        .contains("A leaked key", "by hand", "automatic again in", "name=\"hours\"");
  }

  @Test
  void anOperatorHoldsABreakerAsItIs() throws Exception {
    assertThat(asOperator("admin").body()).contains("value=\"HELD\"", ">Hold closed</button>");
    new Browser().send("action=control-breaker&subject=application&choice=HELD&reason=A+launch");
    assertThat(server.tollgate().breakers())
        .extracting(BreakerStatus::state, BreakerStatus::control)
        .containsExactly(tuple(BreakerState.CLOSED, BreakerControl.HELD));
    assertThat(asOperator("admin").body())
        .contains("held by hand", "A launch", "value=\"AUTOMATIC\"")
        .doesNotContain("value=\"HELD\"");
  }

  @Test
  void anOperatorLetsTheCallsOfAProviderInAgain() throws Exception {
    Call call = Call.of(new Caller("ann", "free"), "chat").model("m").estimate(1, 1);
    Reservation told = server.tollgate().reserve(call).orThrow();
    told.providerLimitReached(
        "insufficient_quota", Optional.of(PageServer.NOW.plus(Duration.ofHours(3))));
    told.cancel();
    assertThat(server.tollgate().reserve(call)).isInstanceOf(Decision.Refused.class);
    assertThat(asOperator("admin").body())
        .contains("its own limit is reached", "Let calls in again");

    HttpResponse<String> answer =
        new Browser().send("action=release-provider&subject=openai&choice=now&reason=Paid");
    assertThat(answer.headers().firstValue("Location"))
        .contains("/app/tollgate/admin?done=provider");
    assertThat(server.tollgate().reserve(call)).isInstanceOf(Decision.Admitted.class);
    assertThat(asOperator("admin?done=provider").body())
        .contains("Done. The provider&#39;s calls are let in again.")
        .doesNotContain("its own limit is reached", "Let calls in again");
    assertThat(server.tollgate().audits())
        .containsExactly(
            new AuditRow(PageServer.NOW, "olga", "release-provider", "openai", "Paid"));
  }

  @Test
  void onlyWordsOfThePagesAreSaidToBeDone() throws Exception {
    assertThat(asOperator("admin?done=The+vault+is+open").body()).doesNotContain("vault", "Done. ");
  }

  @Test
  void theKindOfStoreAndTheStateOfSinksAreShown() throws Exception {
    assertThat(text(asOperator("admin").body()))
        .contains("kind of store: memory")
        .contains("log Delivers 7 0 0 0")
        .contains("webhook:a.example.com Has lost alerts 4 5 0 3")
        .contains("webhook:b.example.com Alerts wait 6 4 1 0");
  }

  private static String text(String page) {
    return page.replaceAll("<[^>]*>", " ").replaceAll("\\s+", " ");
  }

  @Test
  void anActionOnACallerLeadsBackToTheCaller() throws Exception {
    Browser browser = new Browser();
    String page =
        browser.sendAndFollow(
            "action=caller&subject=%3Cb%3Eann+%26+b&choice=BLOCK&percent=200&until=2026-03-11");
    assertThat(page)
        .contains("Done. The caller was blocked.", ">Blocked</span>", "Calls are refused")
        .contains("<bdi>&lt;b&gt;ann &amp; b</bdi>")
        .contains("admin/actions?tier=free");
    assertThat(browser.sendAndFollow("action=caller&subject=%3Cb%3Eann+%26+b&choice=END"))
        .contains("Done. The decision was ended.", "Full mode")
        .doesNotContain(">Blocked</span>");
    assertThat(browser.sendAndFollow("action=caller&subject=ann&choice=RESET"))
        .contains("Done. The caller is counted anew.", "<bdi>ann</bdi>");
  }

  @Test
  void anOperatorBlocksACallerAndEndsTheBlock() throws Exception {
    Browser browser = new Browser();
    String form = "action=caller&subject=%3Cb%3Eann&reason=A+%3Cleaked%3E+key";
    HttpResponse<String> answer = browser.send(form + "&choice=BLOCK&percent=200&until=2026-03-11");
    assertThat(answer.statusCode()).isEqualTo(303);
    Caller ann = new Caller("<b>ann", "free");
    Call call = Call.of(ann, "chat").model("m").estimate(1, 1);
    assertThat(((Decision.Refused) server.tollgate().reserve(call)).refusal())
        .isEqualTo(new Decision.Refusal.CallerBlocked(Duration.ofHours(36)));
    assertThat(asOperator("admin").body())
        .contains("<bdi>&lt;b&gt;ann</bdi>", "data-mode=\"stopped\">Blocked</span>", "End now")
        .contains(">1 d 12 h</time>, by <bdi>olga</bdi>: <bdi>A &lt;leaked&gt; key</bdi>");
    assertThat(asOperator("admin").body())
        .contains("href=\"/app/tollgate/admin/callers?id=%3Cb%3Eann\"");
    assertThat(asOperator("admin/callers?id=%3Cb%3Eann&tier=free").body()).contains("End now");
    assertThat(asOperator("admin/callers?id=bob&tier=free").body()).doesNotContain("End now");

    assertThat(browser.send(form + "&choice=END").statusCode()).isEqualTo(303);
    assertThat(server.tollgate().reserve(call)).isInstanceOf(Decision.Admitted.class);
    assertThat(server.tollgate().audits())
        .extracting(AuditRow::operator, AuditRow::action, AuditRow::subject, AuditRow::reason)
        .containsExactly(
            tuple("olga", "end-override", "<b>ann", "A <leaked> key"),
            tuple("olga", "block-caller until 2026-03-12T00:00:00Z", "<b>ann", "A <leaked> key"));
  }

  @Test
  void anOperatorRaisesACallersLimits() throws Exception {
    call("ann", 9000, 1000);
    new Browser().send("action=caller&subject=ann&choice=RAISE&percent=300&until=2026-03-10");
    assertThat(asOperator("admin/callers?id=ann&tier=free").body())
        .contains("10,000 of 30,000 used", "Raised to 300 %", "name=\"percent\"");
    assertThat(server.tollgate().audits())
        .singleElement()
        .extracting(AuditRow::action)
        .isEqualTo("raise-caller to 300 % until 2026-03-11T00:00:00Z");
  }

  @Test
  void anOperatorResetsACaller() throws Exception {
    call("ann", 700, 300);
    new Browser().send("action=caller&subject=ann&choice=RESET");
    assertThat(asOperator("admin/callers?id=ann&tier=free").body()).contains("0 of 10,000 used");
    assertThat(server.tollgate().audits())
        .singleElement()
        .extracting(AuditRow::action)
        .isEqualTo("reset-caller");
  }

  @Test
  void anOperatorReleasesACallUnderWay() throws Exception {
    Call call = Call.of(new Caller("ann", "free"), "chat").model("<m>").estimate(3000, 1000);
    Reservation open = server.tollgate().reserve(call).orThrow();
    assertThat(asOperator("admin/callers?id=ann&tier=free").body())
        .contains("Under way", "<bdi>&lt;m&gt;</bdi>", "3,000 tokens in and 1,000 out", "Release")
        .contains("4,000 held");
    Browser browser = new Browser();
    String form = "action=release-call&subject=ann&reason=Hangs&choice=" + open.id();
    assertThat(browser.send(form).statusCode()).isEqualTo(303);
    assertThat(asOperator("admin/callers?id=ann&tier=free").body())
        .contains("0 of 10,000 used")
        .doesNotContain("Under way", " held");
    assertThat(browser.send(form).statusCode()).as("a second time").isEqualTo(409);
    assertThat(server.tollgate().audits())
        .containsExactly(
            new AuditRow(PageServer.NOW, "olga", "release-call " + open.id(), "ann", "Hangs"));

    open.settle(Usage.of(700, 300));
    assertThat(asOperator("admin/callers?id=ann&tier=free").body())
        .contains("1,000 of 10,000 used");
  }

  @Test
  void aCallerIsNotBlockedWhileTheStoreDoesNotAnswer() throws Exception {
    Browser browser = new Browser();
    server.outage().begin();
    assertThat(
            browser
                .send("action=caller&subject=ann&choice=BLOCK&percent=200&until=2026-03-10")
                .statusCode())
        .isEqualTo(503);
    assertNothingWasDone();
  }

  @Test
  void whoIsNoOperatorCannotAct() throws Exception {
    Browser browser = new Browser();
    HttpRequest.Builder request =
        server
            .request("admin/actions", "User", "ann", "Role", "free")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Cookie", browser.cookie)
            .POST(HttpRequest.BodyPublishers.ofString("token=" + browser.token + "&" + OPEN));
    assertThat(server.send(request).statusCode()).isEqualTo(403);
    assertNothingWasDone();
  }

  @Test
  void aFormOfAnotherSiteIsRefused() throws Exception {
    Browser browser = new Browser();
    assertThat(browser.send(OPEN, "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(403);
    HttpRequest.Builder withoutCookie =
        server
            .request("admin/actions", "User", "olga", "Role", "tollgate-admin")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("token=" + browser.token + "&" + OPEN));
    assertThat(server.send(withoutCookie).statusCode()).isEqualTo(403);
    HttpRequest.Builder withoutToken =
        server
            .request("admin/actions", "User", "olga", "Role", "tollgate-admin")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Cookie", browser.cookie)
            .POST(HttpRequest.BodyPublishers.ofString(OPEN));
    assertThat(server.send(withoutToken).statusCode()).isEqualTo(403);
    assertNothingWasDone();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "action=control-breaker&subject=nothing&choice=OPEN",
        "action=control-breaker&subject=application&choice=BROKEN",
        "action=control-breaker&subject=application&choice=OPEN&hours=0",
        "action=control-breaker&subject=application&choice=OPEN&hours=721",
        "action=control-breaker&subject=application&choice=OPEN&hours=1e2",
        "action=release-provider&subject=nobody",
        "action=format-disk",
        "action=release-call&subject=ann&choice=",
        "action=caller&subject=&choice=RESET",
        "action=caller&subject=ann&choice=SHOUT",
        "action=caller&subject=ann&choice=BLOCK&until=tomorrow",
        "action=caller&subject=ann&choice=BLOCK&until=2026-03-09",
        "action=caller&subject=ann&choice=BLOCK&until=2027-04-14",
        "action=caller&subject=ann&choice=BLOCK&until=%2B999999999-12-31",
        "action=caller&subject=ann&choice=RAISE&until=2026-03-11&percent=100",
        "action=caller&subject=ann&choice=RAISE&until=2026-03-11&percent=1e3",
        ""
      })
  void whatCannotBeDoneIsAProblem(String form) throws Exception {
    assertThat(new Browser().send(form).statusCode()).isEqualTo(400);
    assertNothingWasDone();
  }

  private void assertNothingWasDone() {
    assertThat(server.tollgate().breakers())
        .extracting(BreakerStatus::control)
        .containsExactly(BreakerControl.AUTOMATIC);
    assertThat(server.tollgate().overrides()).isEmpty();
    assertThat(server.tollgate().audits()).isEmpty();
  }

  @Test
  void theConfigurationIsShownWithItsOrigins() throws Exception {
    assertThat(asOperator("admin/configuration").body())
        .contains("tollgate.nodes")
        .contains("SysPropConfigSource")
        .contains("tollgate.shadow", ">default<")
        .contains("wrong and not in force", "&#39;Moon&#39; is not a time zone");
  }
}
