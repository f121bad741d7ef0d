package dev.tollgate.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.tollgate.dashboard.Chromium.OPERATOR;
import static dev.tollgate.dashboard.Chromium.button;
import static dev.tollgate.dashboard.Chromium.check;
import static dev.tollgate.dashboard.Chromium.link;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import dev.tollgate.CallerOverride;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** How pages stay fresh: without harm to those who use them, and without showing what is wrong. */
@EnabledIf(value = Chromium.IS_INSTALLED, disabledReason = Chromium.MISSING)
class FreshnessInBrowserTest {

  private static final Pattern REFRESH = Pattern.compile("[?&]embed");
  private static final int PERIOD_MILLIS = 5000;

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
  }

  @AfterEach
  void stop() throws Exception {
    chromium.closeWindows();
    server.close();
    chromium.assertNoTroubles();
  }

  /** A page whose clock is the test's: it is refreshed when the test says that time has passed. */
  private Page open(String path) {
    return open(path, chromium.window(OPERATOR));
  }

  private Page open(String path, Page page) {
    page.clock().install();
    page.navigate(server.request(path).build().uri().toString());
    assertThat(button(page, "Pause")).isVisible();
    return page;
  }

  /** Something that pages of operators show. */
  private void block(String caller) throws Exception {
    server
        .tollgate()
        .override(
            new CallerOverride(
                caller,
                new CallerOverride.Block(),
                PageServer.NOW.plus(Duration.ofDays(1)),
                "otto",
                ""));
  }

  private static Locator pulse(Page page) {
    return page.locator("#pulse");
  }

  @Test
  void whatIsTypedStaysUntilItIsSentAndSoDoesTheFocus() throws Exception {
    Page page = open("admin");
    Locator reason = page.getByLabel("Why, for application");
    reason.focus();
    page.keyboard().type("A leaked key");
    block("mallory");
    page.clock().runFor(PERIOD_MILLIS);
    assertThat(pulse(page)).hasText("Waits for you: something is filled in or selected");
    assertThat(reason).isFocused();

    page.keyboard().press("Tab");
    assertThat(button(page, "Open: application")).isFocused();
    page.clock().runFor(PERIOD_MILLIS);
    assertThat(reason).hasValue("A leaked key");
    assertThat(button(page, "Open: application")).isFocused();
    assertThat(page.getByText("mallory")).hasCount(0);

    page.keyboard().press("Enter");
    assertThat(page.getByText("Done. The breaker was set.")).isVisible();
    assertThat(page.getByText("A leaked key")).isVisible();
    assertThat(link(page, "mallory")).isVisible();
  }

  @Test
  void whatIsFilledInStaysAlthoughTheFocusIsElsewhere() throws Exception {
    Page page = open("admin");
    page.getByLabel("Why, for application").fill("A leaked key");
    button(page, "Pause").focus();
    block("mallory");
    page.clock().runFor(PERIOD_MILLIS);
    assertThat(pulse(page)).containsText("Waits for you");
    assertThat(page.getByLabel("Why, for application")).hasValue("A leaked key");

    page.getByLabel("Why, for application").fill("");
    button(page, "Pause").focus();
    page.clock().runFor(PERIOD_MILLIS);
    assertThat(link(page, "mallory")).isVisible();
    assertThat(pulse(page)).hasText("Live");
  }

  @Test
  void theFocusStaysOnALinkThroughARefresh() throws Exception {
    block("bob");
    Page page = open("admin");
    link(page, "bob").focus();
    block("alice");
    page.clock().runFor(PERIOD_MILLIS);
    assertThat(link(page, "alice")).isVisible();
    assertThat(link(page, "bob")).isFocused();
    link(page, "Spend").focus();
    block("mallory");
    page.clock().runFor(PERIOD_MILLIS);
    assertThat(link(page, "mallory")).isVisible();
    assertThat(link(page, "Spend")).isFocused();
  }

  @Test
  void nothingIsAskedForAndChangedWhileThePageIsPaused() throws Exception {
    Page page = open("admin");
    AtomicInteger refreshes = new AtomicInteger();
    page.onRequest(
        request -> {
          if (REFRESH.matcher(request.url()).find()) {
            refreshes.incrementAndGet();
          }
        });
    page.clock().runFor(PERIOD_MILLIS);
    assertThat(pulse(page)).hasText("Live");
    int before = refreshes.get();
    assertThat(before).isPositive();

    button(page, "Pause").focus();
    page.keyboard().press("Enter");
    assertThat(pulse(page)).containsText("Paused at");
    check(page, "paused");
    block("mallory");
    page.clock().runFor(20 * PERIOD_MILLIS);
    assertThat(refreshes).hasValue(before);
    assertThat(page.getByText("mallory")).hasCount(0);

    assertThat(button(page, "Go on")).isFocused();
    page.keyboard().press("Enter");
    assertThat(link(page, "mallory")).isVisible();
    assertThat(pulse(page)).hasText("Live");
  }

  @Test
  void theStateIsReadOutOnlyWhenItIsAnother() {
    Page page = open("admin");
    page.clock().runFor(PERIOD_MILLIS);
    assertThat(pulse(page)).hasText("Live");
    page.evaluate(
        "() => { window.said = 0; new MutationObserver(() => window.said++).observe("
            + "document.getElementById('pulse'),"
            + " { childList: true, characterData: true, subtree: true }); }");
    for (int i = 0; i < 3; i++) {
      page.waitForResponse(REFRESH, () -> page.clock().runFor(PERIOD_MILLIS));
    }
    assertThat(page.evaluate("window.said")).isEqualTo(0);
  }

  @Test
  void whatIsWrongIsSaidAndNotShown() {
    String gateway = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    String login = "<!DOCTYPE html><html><body><form>Log in</form></body></html>";
    assertOld(
        "the server answers 502",
        route ->
            route.fulfill(
                new Route.FulfillOptions()
                    .setStatus(502)
                    .setContentType("text/html")
                    .setBody(gateway)));
    assertOld(
        "the server answers with another page",
        route ->
            route.fulfill(
                new Route.FulfillOptions()
                    .setStatus(200)
                    .setContentType("text/html")
                    .setBody(login)));
    assertOld(
        "the server answers with another page",
        route ->
            route.fulfill(
                new Route.FulfillOptions()
                    .setStatus(200)
                    .setContentType("text/plain")
                    .setBody("<article class=\"admin\">no page</article>")));
    assertOld("the server cannot be reached", Route::abort);
    chromium.assertNoTroubles("status of 502", "net::ERR_FAILED");
  }

  private void assertOld(String trouble, Consumer<Route> answer) {
    Page page = open("admin", chromium.window(OPERATOR, 390, ColorScheme.DARK));
    page.route(REFRESH, answer);
    page.clock().runFor(PERIOD_MILLIS);
    assertThat(pulse(page)).hasText(Pattern.compile("^Old, of .*: " + trouble));
    assertThat(page.getByText("The store answers")).isVisible();
    assertThat(page.locator("h1")).containsText("Operators");
    check(page, "old");

    page.unroute(REFRESH);
    page.clock().runFor(PERIOD_MILLIS);
    assertThat(pulse(page)).hasText("Live");
    page.context().close();
  }

  /** As when a session has ended: what is asked for without a role is sent to the login. */
  @Test
  void aRedirectIsNotFollowed() {
    Page page = open("admin");
    page.route(
        REFRESH,
        route ->
            route.fulfill(
                new Route.FulfillOptions()
                    .setStatus(302)
                    .setHeaders(Map.of("Location", "/app/tollgate/admin/configuration?embed"))));
    page.clock().runFor(PERIOD_MILLIS);
    assertThat(pulse(page)).containsText("the server sends you elsewhere");
    assertThat(page.getByText("The store answers")).isVisible();
  }
}
