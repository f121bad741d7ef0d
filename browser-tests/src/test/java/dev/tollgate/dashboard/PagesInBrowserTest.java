package dev.tollgate.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.tollgate.BreakerState;
import dev.tollgate.BreakerStatus;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.CallerOverride;
import dev.tollgate.Decision;
import dev.tollgate.Usage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people see of the pages in a real browser, and what happens when they click. */
class PagesInBrowserTest {

  /** Pages are fresh within five seconds, on a machine with time for them. */
  private static final double ASSERTION_MILLIS = 20_000;

  private static final String SCRIPT = "<script>alert(1)</script>";
  private static final String BOT = "bot";
  private static final Map<String, String> OPERATOR =
      Map.of("User", "olga", "Role", "tollgate-admin");

  private static Playwright playwright;
  private static Browser browser;

  private final List<String> troubles = new ArrayList<>();
  private PageServer server;

  @BeforeAll
  static void launch() {
    PlaywrightAssertions.setDefaultAssertionTimeout(ASSERTION_MILLIS);
    playwright = Playwright.create();
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(Path.of(System.getProperty("browser")))
                    .setArgs(List.of("--no-sandbox")));
  }

  @AfterAll
  static void quit() {
    playwright.close();
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
    server.close();
    assertThat(troubles).isEmpty();
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

  /** A page in a window, of a user whom the container vouches for. */
  private Page open(String path, Map<String, String> headers, int width, ColorScheme scheme) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, 800)
                .setColorScheme(scheme)
                .setLocale("en-US")
                .setExtraHTTPHeaders(headers));
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            troubles.add(message.text());
          }
        });
    page.onPageError(troubles::add);
    page.onDialog(dialog -> troubles.add("a dialog said " + dialog.message()));
    page.navigate(server.request(path).build().uri().toString());
    return page;
  }

  private Page open(String path, Map<String, String> headers) {
    return open(path, headers, 1280, ColorScheme.LIGHT);
  }

  private static void keep(Page page, String name) {
    Path file = Path.of(System.getProperty("screenshots"), name + ".png");
    page.screenshot(new Page.ScreenshotOptions().setPath(file).setFullPage(true));
  }

  @ParameterizedTest
  @CsvSource({"1280, LIGHT", "1280, DARK", "390, LIGHT", "390, DARK"})
  void everyPageIsAccessibleAndFitsIntoItsWindow(int width, ColorScheme scheme) {
    Map<String, String> user = Map.of("User", SCRIPT);
    check(open("usage", user, width, scheme), "usage-" + width + "-" + scheme);
    check(
        withChart(open("admin/spend", OPERATOR, width, scheme)),
        "admin-spend-" + width + "-" + scheme);
    for (String path : List.of("admin", "admin/callers?id=bot", "admin/configuration")) {
      String name = path.replaceAll("\\W+", "-") + "-" + width + "-" + scheme;
      check(open(path, OPERATOR, width, scheme), name);
    }
  }

  private static void check(Page page, String name) {
    keep(page, name);
    List<Rule> violations = new AxeBuilder(page).analyze().getViolations();
    assertThat(violations)
        .as(name)
        .filteredOn(rule -> List.of("serious", "critical").contains(rule.getImpact()))
        .isEmpty();
    Object overflow =
        page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assertThat(overflow).as("what %s has to be scrolled aside", name).isEqualTo(0);
    page.context().close();
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
    assertThat(page.locator(".tag")).hasText("Open");
    assertThat(page.getByText("A leaked key")).isVisible();
    assertThat(state()).isEqualTo(BreakerState.OPEN);
    keep(page, "breaker-open");
    Page usage = open("usage", Map.of("User", "ann"));
    assertThat(usage.getByText("Partly halted")).isVisible();
    assertThat(usage.getByText("optional and background calls are refused")).isVisible();
    keep(usage, "usage-halted");

    button(page, "Close: application").click();
    assertThat(page.locator(".tag")).hasText("Closed");
    assertThat(state()).isEqualTo(BreakerState.CLOSED);
    assertThat(server.tollgate().audits()).hasSize(2);
  }

  @Test
  void anOperatorBlocksACallerAndEndsTheBlock() {
    Page page = open("admin/callers?id=bot", OPERATOR);
    page.getByLabel("Raise or block until").fill("2026-03-12");
    page.getByLabel("Why, for bot").fill("It floods");
    button(page, "Block: bot").click();
    assertThat(page.getByText("Blocked")).isVisible();
    keep(page, "caller-blocked");
    assertThat(server.tollgate().overrides())
        .extracting(CallerOverride::until)
        .containsExactly(Instant.parse("2026-03-13T00:00:00Z"));

    button(page, "End now: bot").click();
    assertThat(page.getByText("Blocked")).hasCount(0);
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
    assertThat(held).hasCount(0);
    assertThat(server.tollgate().audits()).hasSize(1);
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
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
    keep(page, "spend-table");
    page.locator("table[data-chart] tbody a").first().click();
    assertThat(page.locator("h2").first()).hasText("Spent by model, 2026-03-10");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(BOT)).click();
    assertThat(page.locator("tbody tr")).hasCount(20);
    assertThat(page.getByText("0 requests left")).isVisible();
    keep(page, "bot");
  }

  @Test
  void usageFitsIntoAPageOfTheApplication() {
    Page page = open("usage", Map.of("User", "ann"));
    page.evaluate(
        "async () => { await import('/app/tollgate/assets/usage.js');"
            + " document.body.replaceChildren(document.createElement('tollgate-usage')); }");
    assertThat(page.getByText("10,000 tokens left")).isVisible();
    keep(page, "embedded");
  }
}
