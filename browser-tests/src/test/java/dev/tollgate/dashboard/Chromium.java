package dev.tollgate.dashboard;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real browser, and what its pages complain of. Not thread-safe. */
final class Chromium implements AutoCloseable {

  static final String IS_INSTALLED = "dev.tollgate.dashboard.Chromium#isInstalled";
  static final String MISSING = "there is no Chromium: install one, or name it by -Dbrowser=...";

  static final Map<String, String> OPERATOR = Map.of("User", "olga", "Role", "tollgate-admin");

  /** Pages are fresh within five seconds, on a machine with time for them. */
  private static final double ASSERTION_MILLIS = 20_000;

  private final Playwright playwright;
  private final Browser browser;
  private final List<String> troubles = new ArrayList<>();

  private Chromium(Path program) {
    PlaywrightAssertions.setDefaultAssertionTimeout(ASSERTION_MILLIS);
    playwright = Playwright.create();
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(program)
                    .setArgs(List.of("--no-sandbox")));
  }

  /** Whether there is one: without, the tests that need it are skipped. */
  static boolean isInstalled() {
    return Files.isExecutable(program());
  }

  private static Path program() {
    return Path.of(System.getProperty("browser"));
  }

  static Chromium launch() {
    return new Chromium(program());
  }

  /** A window of a user whom the container vouches for. */
  Page window(Map<String, String> headers, int width, ColorScheme scheme) {
    Page page =
        browser
            .newContext(
                new Browser.NewContextOptions()
                    .setViewportSize(width, 800)
                    .setColorScheme(scheme)
                    .setLocale("en-US")
                    .setExtraHTTPHeaders(headers))
            .newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            troubles.add(message.text());
          }
        });
    page.onPageError(troubles::add);
    page.onDialog(dialog -> troubles.add("a dialog said " + dialog.message()));
    return page;
  }

  Page window(Map<String, String> headers) {
    return window(headers, 1280, ColorScheme.LIGHT);
  }

  /** Closes all windows: they would go on asking a server that ends. */
  void closeWindows() {
    List.copyOf(browser.contexts()).forEach(BrowserContext::close);
  }

  /**
   * Fails if a page has complained since, or has run what it should not.
   *
   * @param expected what it complains of with good reason
   */
  void assertNoTroubles(String... expected) {
    List<String> seen = List.copyOf(troubles);
    troubles.clear();
    assertThat(seen)
        .filteredOn(trouble -> List.of(expected).stream().noneMatch(trouble::contains))
        .isEmpty();
  }

  static Locator button(Page page, String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
  }

  static Locator link(Page page, String name) {
    return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name));
  }

  /** Keeps a picture of a page, which has to be accessible and to fit into its window. */
  static void check(Page page, String name) {
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
  }

  static void keep(Page page, String name) {
    Path file = Path.of(System.getProperty("screenshots"), name + ".png");
    page.screenshot(new Page.ScreenshotOptions().setPath(file).setFullPage(true));
  }

  @Override
  public void close() {
    playwright.close();
  }
}
