package dev.tollgate.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.tollgate.dashboard.Chromium.OPERATOR;
import static dev.tollgate.dashboard.Chromium.button;
import static dev.tollgate.dashboard.Chromium.check;
import static dev.tollgate.dashboard.Chromium.keep;
import static dev.tollgate.dashboard.Chromium.link;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerControl;
import dev.tollgate.BreakerState;
import dev.tollgate.BreakerStatus;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.CallerOverride;
import dev.tollgate.Decision;
import dev.tollgate.Policies;
import dev.tollgate.SpendScope;
import dev.tollgate.Spending;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people see of the pages in a real browser, and what happens when they click. */
@EnabledIf(value = Chromium.IS_INSTALLED, disabledReason = Chromium.MISSING)
class PagesInBrowserTest {

  private static final String SCRIPT = "<script>alert(1)</script>";
  private static final String BOT = "bot";
  private static final Map<String, String> BOTS = Map.of("User", BOT);

  private static Chromium chromium;

  private PageServer server;

  @BeforeAll
  static void launch() {
    chromium = Chromium.launch();
  }

  @AfterAll
  static void quit() {
    chromium.close();
  }

  @BeforeEach
  void start() throws Exception {
    server = PageServer.start();
    call(SCRIPT, 8000, 900);
    for (int i = 0; i < 100; i++) {
      call(BOT, 10, 10);
    }
  }

  @AfterEach
  void stop() throws Exception {
    chromium.closeWindows();
    server.close();
    chromium.assertNoTroubles();
  }

  private void call(String caller, long input, long output) {
    Decision decision =
        server
            .tollgate()
            .reserve(
                Call.of(new Caller(caller, "free"), "chat").model("m").estimate(input, output));
    if (!(decision instanceof Decision.Refused)) {
      decision.orThrow().settle(Usage.of(input, output));
    }
  }

  private Page open(String path, Map<String, String> headers, int width, ColorScheme scheme) {
    Page page = chromium.window(headers, width, scheme);
    page.navigate(server.request(path).build().uri().toString());
    return page;
  }

  private Page open(String path, Map<String, String> headers) {
    return open(path, headers, 1280, ColorScheme.LIGHT);
  }

  @ParameterizedTest
  @CsvSource({"1280, LIGHT", "1280, DARK", "390, LIGHT", "390, DARK"})
  void everyPageIsAccessibleAndFitsIntoItsWindow(int width, ColorScheme scheme) {
    String in = "-" + width + "-" + scheme;
    checkAndClose(open("usage", Map.of("User", SCRIPT), width, scheme), "usage" + in);
    checkAndClose(open("usage", BOTS, width, scheme), "usage-bot" + in);
    Page spend = withChart(open("admin/spend", OPERATOR, width, scheme));
    check(spend, "admin-spend" + in);
    spend.getByText("The numbers as a table").click();
    checkAndClose(spend, "admin-spend-table" + in);
    for (String path : List.of("admin", "admin/callers?id=bot", "admin/configuration")) {
      checkAndClose(open(path, OPERATOR, width, scheme), path.replaceAll("\\W+", "-") + in);
    }
    checkAndClose(open("usage", Map.of(), width, scheme), "problem" + in);
    chromium.assertNoTroubles("status of 401");
  }

  @ParameterizedTest
  @CsvSource({"1280, LIGHT", "390, DARK"})
  void everyPageIsAccessibleInAnEmergency(int width, ColorScheme scheme) throws Exception {
    String in = "-" + width + "-" + scheme;
    call("eve", 100, 9900);
    checkAndClose(open("usage", Map.of("User", "eve"), width, scheme), "usage-restricted" + in);
    call("eve", 100, 4900);
    checkAndClose(open("usage", Map.of("User", "eve"), width, scheme), "usage-refused" + in);
    server.tollgate().control(SpendScope.APPLICATION, BreakerControl.OPEN);
    block(BOT);
    checkAndClose(open("usage", Map.of("User", "ann"), width, scheme), "usage-halted" + in);
    checkAndClose(open("admin", OPERATOR, width, scheme), "admin-emergency" + in);
    checkAndClose(open("admin/callers?id=bot", OPERATOR, width, scheme), "caller-blocked" + in);
    chromium.assertNoTroubles();
    checkAndClose(embedded(open("usage", BOTS, width, scheme)), "embedded" + in);
    // axe copies the style sheet of a shadow tree
    chromium.assertNoTroubles("Applying inline style");
  }

  private static void checkAndClose(Page page, String name) {
    check(page, name);
    page.context().close();
  }

  private void block(String caller) throws Exception {
    server
        .tollgate()
        .override(
            new CallerOverride(
                caller,
                new CallerOverride.Block(),
                PageServer.NOW.plus(Duration.ofDays(1)),
                "olga",
                "It floods"));
  }

  /** The element within an application's page, which is empty otherwise. */
  private static Page embedded(Page page) {
    page.evaluate(
        "async () => { await import('/app/tollgate/assets/usage.js');"
            + " const main = document.createElement('main');"
            + " const heading = document.createElement('h1');"
            + " heading.textContent = 'My account';"
            + " main.append(heading, document.createElement('tollgate-usage'));"
            + " document.body.replaceChildren(main); }");
    assertThat(page.getByText("tokens left").first()).isVisible();
    return page;
  }

  @Test
  void usageIsFreshWithoutAReload() {
    Page page = open("usage", Map.of("User", "ann"));
    assertThat(page.getByText("10,000 tokens left")).isVisible();
    call("ann", 700, 300);
    assertThat(page.getByText("9,000 tokens left")).isVisible();
    assertThat(page.locator("tbody tr")).hasCount(1);
  }

  @Test
  void aBotThatFloodsSeesThatItIsToWaitAndWhatItUsed() throws Exception {
    Page page = open("usage", BOTS);
    assertThat(page.getByText("0 requests left")).isVisible();
    assertThat(page.getByText("20 of 20 used")).isVisible();
    assertThat(page.getByText("Full mode")).isVisible();
    assertThat(page.locator("tbody tr")).hasCount(20);
    block(BOT);
    assertThat(page.getByText("An operator has blocked this caller")).isVisible();
    assertThat(page.locator(".mode")).hasText("Calls are refused");
    assertThat(page.getByText("It floods")).hasCount(0);
  }

  @Test
  void anAbnormalCallerIsFoundFromTheOverviewAndReset() throws Exception {
    server.close();
    Policies policies = PageServer.policies();
    Spending spending = policies.spending();
    AnomalyPolicy anomalies = new AnomalyPolicy(AnomalyPolicy.Action.BLOCK, Map.of("free", 1L));
    server =
        PageServer.start(
            clock ->
                Tollgate.builder(
                        policies.with(
                            new Spending(spending.providers(), spending.breaker(), anomalies)),
                        new MemoryStore(1000, clock))
                    .clock(clock)
                    .build());
    for (Duration later : List.of(Duration.ZERO, Duration.ofMinutes(2))) {
      server.setTime(PageServer.NOW.plus(later));
      for (int i = 0; i < 20; i++) {
        call(SCRIPT, 10, 10);
      }
    }
    Page page = open("admin", OPERATOR);
    assertThat(page.getByText("31 requests within 10 minutes")).hasCount(2);
    check(page, "admin-anomaly");
    page.locator("section", new Page.LocatorOptions().setHasText("Abnormal callers"))
        .getByRole(AriaRole.LINK)
        .click();
    assertThat(page.getByText("The use of this caller is abnormal: calls are refused."))
        .isVisible();
    check(page, "caller-anomaly");
    Page usage = open("usage", Map.of("User", SCRIPT));
    assertThat(usage.locator(".mode")).hasText("Calls are refused");
    check(usage, "usage-anomaly");

    button(page, "Reset: " + SCRIPT).click();
    assertThat(page.getByText("Done. The caller is counted anew.")).isVisible();
    assertThat(page.getByText("Full mode")).isVisible();
    page.navigate(server.request("admin").build().uri().toString());
    assertThat(page.getByText("Over", new Page.GetByTextOptions().setExact(true))).isVisible();
  }

  @Test
  void aHostileNameIsShownAndNotRun() {
    assertThat(open("usage", Map.of("User", SCRIPT)).locator("bdi").first()).hasText(SCRIPT);
    Page admin = open("admin", OPERATOR);
    assertThat(admin.locator("td bdi", new Page.LocatorOptions().setHasText(SCRIPT)).first())
        .isVisible();
  }

  @Test
  void anOperatorOpensAndReleasesABreaker() {
    Page page = open("admin", OPERATOR);
    page.getByLabel("Why, for application").fill("A leaked key");
    button(page, "Open: application").click();
    assertThat(breaker(page)).hasText("Open");
    assertThat(page.getByText("A leaked key")).isVisible();
    assertThat(state()).isEqualTo(BreakerState.OPEN);
    Page usage = open("usage", Map.of("User", "ann"));
    assertThat(usage.getByText("Partly halted")).isVisible();
    assertThat(usage.getByText("optional and background calls are refused")).isVisible();

    button(page, "Hold open: application").click();
    assertThat(page.getByText("held by hand")).isVisible();
    assertThat(state()).isEqualTo(BreakerState.OPEN);

    button(page, "Close: application").click();
    assertThat(breaker(page)).hasText("Closed");
    assertThat(state()).isEqualTo(BreakerState.CLOSED);
    assertThat(server.tollgate().audits()).hasSize(3);
  }

  private static Locator breaker(Page page) {
    return page.locator("section", new Page.LocatorOptions().setHasText("Spend breakers"))
        .locator(".tag");
  }

  @Test
  void anOperatorBlocksACallerAndEndsTheBlock() {
    Page page = open("admin/callers?id=bot", OPERATOR);
    page.getByLabel("Raise or block until").fill("2026-03-12");
    page.getByLabel("Why, for bot").fill("It floods");
    button(page, "Block: bot").click();
    assertThat(page).hasURL(Pattern.compile("/admin/callers\\?id=bot&tier=&done=block$"));
    assertThat(page.getByText("Done. The caller was blocked.")).isVisible();
    assertThat(page.getByText("Blocked", new Page.GetByTextOptions().setExact(true))).isVisible();
    assertThat(page.locator(".mode")).hasText("Calls are refused");
    assertThat(server.tollgate().overrides())
        .extracting(CallerOverride::until)
        .containsExactly(Instant.parse("2026-03-13T00:00:00Z"));

    button(page, "End now: bot").click();
    assertThat(page).hasURL(Pattern.compile("/admin/callers\\?id=bot&tier=&done=end$"));
    assertThat(page.locator(".mode")).hasText("Full mode");
    assertThat(page.getByText("Blocked", new Page.GetByTextOptions().setExact(true))).hasCount(0);
    assertThat(server.tollgate().overrides()).isEmpty();
    assertThat(server.tollgate().audits()).hasSize(2);
  }

  @Test
  void anOperatorReleasesACallUnderWay() {
    Call call = Call.of(new Caller("ann", "free"), "chat").model("m").estimate(400, 100);
    server.tollgate().reserve(call).orThrow();
    Page page = open("admin/callers?id=ann", OPERATOR);
    Locator held = page.getByText("tokens in and");
    assertThat(held).containsText("400 tokens in and 100 out");
    keep(page, "caller-under-way");
    button(page, "Release: ann").click();
    assertThat(page).hasURL(Pattern.compile("/admin/callers\\?id=ann&tier=&done=release$"));
    assertThat(page.getByText("Done. What the call held was given back.")).isVisible();
    assertThat(page.getByText("0 of 10,000 used")).isVisible();
    assertThat(held).hasCount(0);
    assertThat(server.tollgate().audits()).hasSize(1);
  }

  private BreakerState state() {
    return server.tollgate().breakers().stream()
        .map(BreakerStatus::state)
        .findFirst()
        .orElseThrow();
  }

  /** Calls are added up some seconds after they were made. */
  private static Page withChart(Page page) {
    page.waitForCondition(
        () -> {
          page.reload();
          return page.locator(".uplot canvas").count() == 1;
        });
    return page;
  }

  @Test
  void aPeakLeadsToTheCallsBehindIt() {
    Page page = withChart(open("admin/spend", OPERATOR));
    page.getByText("The numbers as a table").click();
    page.locator("table[data-chart] tbody a").first().click();
    assertThat(page.locator("h2").first()).hasText("Spent by model, 2026-03-10");
    link(page, BOT).click();
    assertThat(page.locator("tbody tr")).hasCount(20);
    assertThat(page.getByText("0 requests left")).isVisible();
  }

  @Test
  void usageFitsIntoAPageOfTheApplication() {
    Page page = embedded(open("usage", Map.of("User", "ann")));
    assertThat(page.getByText("10,000 tokens left")).isVisible();
    call("ann", 700, 300);
    assertThat(page.getByText("9,000 tokens left")).isVisible();
    assertThat(page.getByText("Live", new Page.GetByTextOptions().setExact(true))).isVisible();
  }
}
