package dev.tollgate.dashboard;

import dev.tollgate.Caller;
import dev.tollgate.CallerOverride;
import dev.tollgate.OpenCall;
import dev.tollgate.SinkState;
import dev.tollgate.Tollgate;
import dev.tollgate.config.ConfigurationState;
import dev.tollgate.config.Settings;
import dev.tollgate.store.StoreException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** {@code /tollgate/admin}: what operators see, and what they do. Thread-safe. */
final class AdminPage implements Page {

  static final String PATH = "/tollgate/admin";
  private static final String ACTIONS = "/actions";

  private final Tollgate tollgate;
  private final Supplier<Settings> settings;
  private final Supplier<ConfigurationState> configuration;
  private final Supplier<List<SinkState>> sinks;
  private final InstantSource clock;
  private final OperatorActions actions;
  private final SpendPages spend;
  private final FormToken tokens = new FormToken(new SecureRandom());

  AdminPage(
      Tollgate tollgate,
      Supplier<Settings> settings,
      Supplier<ConfigurationState> configuration,
      Supplier<List<SinkState>> sinks,
      InstantSource clock) {
    this.tollgate = tollgate;
    this.settings = settings;
    this.configuration = configuration;
    this.sinks = sinks;
    this.clock = clock;
    this.actions = new OperatorActions(tollgate, clock);
    this.spend = new SpendPages(tollgate.analytics(), clock);
  }

  @Override
  public void answer(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    Operator.of(request);
    String path = request.getPathInfo() == null ? "/" : request.getPathInfo();
    switch (path) {
      case "/" -> sendOverview(request, response);
      case "/spend" -> spend.sendPeriod(request, response);
      case "/hour" -> spend.sendHour(request, response);
      case "/export" -> spend.sendExport(request, response);
      case "/callers" -> sendCaller(request, response);
      case "/configuration" -> {
        ConfigurationView view = new ConfigurationView(configuration.get());
        frame("Configuration")
            .send(request, response, 200, html -> section(request, html, view::write));
      }
      default -> throw Problem.notFound();
    }
  }

  @Override
  public void act(HttpServletRequest request, HttpServletResponse response) throws Problem {
    Operator operator = Operator.of(request);
    if (!ACTIONS.equals(request.getPathInfo())) {
      throw Problem.onlyGet();
    }
    tokens.require(request);
    actions.perform(request, operator);
    response.setStatus(HttpServletResponse.SC_SEE_OTHER);
    response.setHeader("Location", next(request));
  }

  /** The page that shows the effect: the one that the form was on. */
  private static String next(HttpServletRequest form) {
    String done = Done.of(form).parameter();
    String tier = form.getParameter(CallerSearch.TIER);
    if (tier == null) {
      return base(form) + "?" + done;
    }
    String caller = OperatorActions.field(form, ActionForm.SUBJECT);
    return CallerSearch.address(base(form), caller, tier) + "&" + done;
  }

  private static String base(HttpServletRequest request) {
    return request.getContextPath() + PATH;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private ActionForm form(HttpServletRequest request, HttpServletResponse response) {
    return new ActionForm(base(request) + ACTIONS, tokens.issue(request, response));
  }

  /** The forms of a caller's page, which say what tier it was asked for. */
  private ActionForm form(
      HttpServletRequest request, HttpServletResponse response, CallerSearch search) {
    ActionForm form = form(request, response);
    String tier = "?" + CallerSearch.TIER + "=" + encoded(search.asked());
    return new ActionForm(form.address() + tier, form.token());
  }

  static Frame frame(String title) {
    return new Frame(title, true, true);
  }

  static void section(HttpServletRequest request, Html html, Consumer<Html> content) {
    html.open("article", "class", "admin");
    AdminMenu.of(request).write(html);
    Done.write(request, html);
    content.accept(html);
    html.close();
  }

  private void sendOverview(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    OverviewView view =
        new OverviewView(
            tollgate,
            settings.get().store().uri().getScheme(),
            sinks.get(),
            new Numbers(request.getLocale()),
            clock.instant(),
            form(request, response),
            base(request));
    frame("Operators").send(request, response, 200, html -> section(request, html, view::write));
  }

  private void sendCaller(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    CallerSearch search = CallerSearch.of(request, tollgate);
    Numbers numbers = new Numbers(request.getLocale());
    if (search.caller().isEmpty()) {
      frame("Callers").send(request, response, 200, html -> section(request, html, search::write));
      return;
    }
    Caller caller = search.caller().get();
    Instant now = clock.instant();
    ActionForm form = form(request, response, search);
    UsageView usage = new UsageView(Standing.of(caller, tollgate, now), numbers);
    OverridesView overrides = new OverridesView(overrides(caller), now, form, base(request));
    OpenCallsView open = new OpenCallsView(caller.id(), openCalls(caller), now, numbers, form);
    CallerForm decide = new CallerForm(caller.id(), now, form);
    frame("Callers")
        .send(
            request,
            response,
            200,
            html ->
                section(
                    request,
                    html,
                    inner -> {
                      search.write(inner);
                      overrides.write(inner);
                      open.write(inner);
                      decide.write(inner);
                      usage.write(inner);
                    }));
  }

  /** None while the store does not answer, which the page says. */
  private List<OpenCall> openCalls(Caller caller) {
    try {
      return tollgate.openCalls(caller.id());
    } catch (StoreException unanswered) {
      return List.of();
    }
  }

  private List<CallerOverride> overrides(Caller caller) {
    return tollgate.overrides().stream()
        .filter(override -> override.caller().equals(caller.id()))
        .toList();
  }
}
