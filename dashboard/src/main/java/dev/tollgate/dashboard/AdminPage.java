package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.Caller;
import dev.tollgate.CallerOverride;
import dev.tollgate.OpenCall;
import dev.tollgate.Tollgate;
import dev.tollgate.config.ConfiguredValue;
import dev.tollgate.store.StoreException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** {@code /tollgate/admin}: what operators see, and what they do. Thread-safe. */
final class AdminPage implements Page {

  static final String PATH = "/tollgate/admin";
  private static final String ACTIONS = "/actions";

  private final Tollgate tollgate;
  private final Supplier<List<ConfiguredValue>> configuration;
  private final InstantSource clock;
  private final OperatorActions actions;
  private final FormToken tokens = new FormToken(new SecureRandom());

  AdminPage(Tollgate tollgate, Supplier<List<ConfiguredValue>> configuration, InstantSource clock) {
    this.tollgate = tollgate;
    this.configuration = configuration;
    this.clock = clock;
    this.actions = new OperatorActions(tollgate, clock);
  }

  @Override
  public void answer(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    Operator.of(request);
    String path = request.getPathInfo() == null ? "/" : request.getPathInfo();
    switch (path) {
      case "/" -> {
        OverviewView view =
            new OverviewView(
                tollgate,
                new Numbers(request.getLocale()),
                clock.instant(),
                form(request, response));
        frame("Operators")
            .send(request, response, 200, html -> section(request, html, view::write));
      }
      case "/spend" -> sendSpend(request, response);
      case "/export" -> sendExport(request, response);
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
    response.setHeader("Location", request.getContextPath() + PATH);
  }

  private ActionForm form(HttpServletRequest request, HttpServletResponse response) {
    return new ActionForm(
        request.getContextPath() + PATH + ACTIONS, tokens.issue(request, response));
  }

  private static Frame frame(String title) {
    return new Frame(title, true, true);
  }

  private static void section(HttpServletRequest request, Html html, Consumer<Html> content) {
    html.open("article", "class", "admin");
    AdminMenu.of(request).write(html);
    content.accept(html);
    html.close();
  }

  private void sendSpend(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    SpendView view =
        new SpendView(
            tollgate.analytics(),
            dimension(request),
            Period.of(request, clock.instant()),
            new Numbers(request.getLocale()),
            request.getContextPath() + PATH);
    frame("Spend").send(request, response, 200, html -> section(request, html, view::write));
  }

  private void sendExport(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    SpendExport.Format format =
        SpendExport.Format.of(Optional.ofNullable(request.getParameter("format")).orElse("csv"));
    Analytics.Dimension dimension = dimension(request);
    Period period = Period.of(request, clock.instant());
    List<Analytics.Point> points =
        tollgate
            .analytics()
            .spend(dimension, period.span().resolution(), period.from(), period.to());
    byte[] body =
        new SpendExport(dimension, period.span(), points)
            .write(format)
            .getBytes(StandardCharsets.UTF_8);
    String name = "spend-" + period.firstDay() + "." + format.ending();
    response.setHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
    response.setHeader("Cache-Control", "no-store");
    response.setContentType(format.type());
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private static Analytics.Dimension dimension(HttpServletRequest request) throws Problem {
    String asked = Optional.ofNullable(request.getParameter("by")).orElse("model");
    return Arrays.stream(Analytics.Dimension.values())
        .filter(known -> Words.dashed(known).equals(asked))
        .findFirst()
        .orElseThrow(() -> Problem.badRequest("by: it is tier, route, model or provider"));
  }

  private void sendCaller(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    CallerSearch search =
        CallerSearch.of(request, new TreeSet<>(tollgate.policies().tiers().keySet()));
    Numbers numbers = new Numbers(request.getLocale());
    if (search.caller().isEmpty()) {
      frame("Callers").send(request, response, 200, html -> section(request, html, search::write));
      return;
    }
    Caller caller = search.caller().get();
    Instant now = clock.instant();
    ActionForm form = form(request, response);
    UsageView usage = new UsageView(Standing.of(caller, tollgate, now), numbers);
    OverridesView overrides = new OverridesView(overrides(caller), now, form);
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
