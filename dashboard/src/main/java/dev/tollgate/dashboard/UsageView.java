package dev.tollgate.dashboard;

import dev.tollgate.Alert;
import dev.tollgate.CallRecord;
import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.LimitState;
import dev.tollgate.Priority;
import dev.tollgate.Restriction;
import dev.tollgate.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** How a caller stands, in HTML. Immutable. */
record UsageView(Standing standing, Numbers numbers) {

  private static final String RESTRICTED_ONLY = "restricted/";

  void write(Html html) {
    html.open("article", "class", "usage");
    writeMode(html);
    html.open("div", "class", "cards");
    writeLimits(html, "Today", state -> isOf(state, Window.Unit.DAY));
    writeLimits(html, "This month", state -> isOf(state, Window.Unit.MONTH));
    writeLimits(html, "Speed", this::isRateInForce);
    html.close();
    writeAlerts(html);
    writeCalls(html);
    html.close();
  }

  private void writeMode(Html html) {
    html.open("section", "class", "card lead", "aria-label", "Mode");
    html.open("p", "class", "who").foreign(standing.caller().id());
    html.text(" · tier ").element("b", standing.caller().tier()).close();
    writeModeName(html);
    standing.mode().causes().forEach(cause -> writeCause(html, cause));
    standing.halts().forEach(halt -> writeHalt(html, halt));
    explanation().ifPresent(text -> html.element("p", text, "class", "explained"));
    if (standing.degraded()) {
      String text = "The store does not answer: this is what one server knows on its own.";
      html.element("p", text, "class", "notice", "data-kind", "warn");
    }
    html.close();
  }

  private void writeModeName(Html html) {
    boolean halted = !standing.halts().isEmpty();
    switch (standing.mode().kind()) {
      case REFUSED -> writeModeName(html, "Calls are refused", "stopped");
      case RESTRICTED -> writeModeName(html, "Restricted mode", "restricted");
      case FULL ->
          writeModeName(html, halted ? "Partly halted" : "Full mode", halted ? "stopped" : "full");
    }
  }

  private static void writeModeName(Html html, String name, String mode) {
    html.element("p", name, "class", "mode", "data-mode", mode);
  }

  private void writeCause(Html html, Mode.Cause cause) {
    String kind = standing.mode().isRestricted() ? "warn" : "stop";
    html.open("p", "class", "notice", "data-kind", kind).text(cause.reason());
    cause
        .until()
        .ifPresent(
            until -> {
              html.text(" This ends in ");
              Words.writeUntil(html, standing.at(), until);
              html.text(".");
            });
    html.close();
  }

  private void writeHalt(Html html, Halt halt) {
    html.open("p", "class", "notice", "data-kind", "stop").text(halt.reason());
    halt.until()
        .ifPresent(
            until -> {
              html.text(" They may go on in ");
              Words.writeUntil(html, standing.at(), until);
              html.text(" at the earliest.");
            });
    html.close();
  }

  /** What the mode means, or when it will be another; empty where its causes say it all. */
  private Optional<String> explanation() {
    return switch (standing.mode().kind()) {
      case REFUSED -> Optional.empty();
      case RESTRICTED -> Optional.of("Restricted: " + effect() + ".");
      case FULL -> Optional.of(outlook());
    };
  }

  private String outlook() {
    List<Ladder.Rung> rungs = standing.tier().ladder().rungs();
    return rungs.isEmpty()
        ? "Nothing is restricted."
        : rungs.stream().map(rung -> rungText(rung, effect())).collect(Collectors.joining(" "));
  }

  private String rungText(Ladder.Rung rung, String effect) {
    String at = "At " + numbers.count(rung.percent()) + " % of a quota ";
    return switch (rung.action()) {
      case NOTIFY -> at + "you are told.";
      case RESTRICT -> at + effect + ".";
      case REFUSE -> at + "calls are refused until it starts again.";
    };
  }

  /** What restricted mode does, as a part of a sentence. */
  private String effect() {
    Restriction restriction = standing.tier().restriction();
    List<String> parts = new ArrayList<>();
    if (restriction.contextTokens() != Restriction.UNBOUNDED) {
      parts.add("prompts are cut to " + numbers.count(restriction.contextTokens()) + " tokens");
    }
    if (restriction.outputTokens() != Restriction.UNBOUNDED) {
      parts.add("answers to " + numbers.count(restriction.outputTokens()) + " tokens");
    }
    restriction.model().ifPresent(model -> parts.add("the model is " + model));
    standing.tier().restrictedRates().forEach(rate -> parts.add("you have " + rate(rate)));
    if (restriction.priority() == Priority.LOW) {
      parts.add("others go first when you wait");
    }
    return parts.isEmpty() ? "nothing changes" : joined(parts);
  }

  private String rate(Limit limit) {
    return numbers.amount(limit.meter(), limit.amount()) + " a " + limit.window().label();
  }

  private static String joined(List<String> parts) {
    int last = parts.size() - 1;
    return last == 0
        ? parts.get(0)
        : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
  }

  private static boolean isOf(LimitState state, Window.Unit unit) {
    return state.limit().window() instanceof Window.Calendar calendar && calendar.unit() == unit;
  }

  private boolean isRateInForce(LimitState state) {
    return !state.limit().isQuota()
        && (standing.mode().isRestricted() || !state.limit().name().startsWith(RESTRICTED_ONLY));
  }

  private void writeLimits(Html html, String title, Predicate<LimitState> chosen) {
    List<LimitState> states = standing.limits().stream().filter(chosen).toList();
    if (states.isEmpty()) {
      return;
    }
    html.open("section", "class", "card").element("h2", title);
    html.open("ul", "class", "limits");
    states.forEach(state -> writeLimit(html, state));
    html.close().close();
  }

  private void writeLimit(Html html, LimitState state) {
    LimitBar bar = LimitBar.of(state);
    String name = Words.limit(state.limit());
    String left =
        state.remaining() < 0
            ? numbers.amount(state.limit().meter(), -state.remaining()) + " over"
            : numbers.amount(state.limit().meter(), state.remaining()) + " left";
    html.open("li").open("p", "class", "line").element("span", name);
    html.element("span", left).close();
    bar.write(html, name, left);
    html.open("p", "class", "fine").open("span").text(used(state)).close();
    if (state.limit().isQuota() || state.used() + state.held() > 0) {
      html.open("span").text(state.limit().isQuota() ? "starts again in " : "full again in ");
      Words.writeUntil(html, standing.at(), state.resetsAt());
      html.close();
    }
    html.close();
    Forecast.of(state, standing.at())
        .ifPresent(expected -> writeForecast(html, state.limit(), expected));
    html.close();
  }

  private String used(LimitState state) {
    long capacity = LimitBar.capacity(state);
    String text =
        numbers.bare(state.limit().meter(), state.used())
            + " of "
            + numbers.bare(state.limit().meter(), capacity)
            + " used";
    return state.held() == 0
        ? text
        : text + ", " + numbers.bare(state.limit().meter(), state.held()) + " held";
  }

  private void writeForecast(Html html, Limit limit, long expected) {
    String level = expected > limit.amount() ? "over" : "low";
    String text = "At this pace " + numbers.amount(limit.meter(), expected) + " by the month's end";
    html.element("p", text, "class", "forecast", "data-level", level);
  }

  private void writeAlerts(Html html) {
    if (standing.alerts().isEmpty()) {
      return;
    }
    html.open("section", "class", "card").element("h2", "Alerts").open("ul", "class", "rows");
    for (Alert alert : standing.alerts()) {
      html.open("li").open("span").foreign(Words.sentence(alert.message())).close();
      Words.writeTime(html, alert.at());
      html.close();
    }
    html.close().close();
  }

  private void writeCalls(Html html) {
    html.open("section", "class", "card").element("h2", "Latest calls", "id", "calls");
    if (standing.calls().isEmpty()) {
      html.element("p", "None yet.", "class", "fine").close();
      return;
    }
    WideTable.open(
        html,
        "calls",
        List.of("Time", "Route", "Model"),
        List.of("Tokens in", "Tokens out", "Cost"));
    standing.calls().forEach(call -> writeCall(html, call));
    WideTable.close(html);
    html.close();
  }

  private void writeCall(Html html, CallRecord call) {
    boolean settled = call.outcome() == CallRecord.Outcome.SETTLED;
    html.open("tr").open("td");
    Words.writeTime(html, call.at());
    html.close().element("td", call.route()).open("td").foreign(call.model()).close();
    html.element("td", numbers.count(call.inputTokens()), "class", "number");
    html.element("td", numbers.count(call.outputTokens()), "class", "number");
    html.open("td", "class", "number");
    if (!settled) {
      String outcome = call.outcome().name().toLowerCase(Locale.ROOT);
      html.element("abbr", "≈", "title", outcome + ": the provider has not said what it used");
    }
    html.text(numbers.dollars(call.costNanoUsd())).close().close();
  }
}
