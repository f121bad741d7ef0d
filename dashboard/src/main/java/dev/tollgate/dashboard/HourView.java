package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.Analytics.Point;
import dev.tollgate.CallRecord;
import dev.tollgate.Resolution;
import dev.tollgate.SpentCall;
import dev.tollgate.Totals;
import dev.tollgate.store.StoreException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * What is behind an hour of spending, in HTML: who spent the most, and the calls that cost the
 * most. Immutable.
 *
 * @param totals what all calls came to that are asked for
 * @param calls the dearest of them
 * @param base the address of the operators' pages
 */
record HourView(
    HourQuery query,
    Totals totals,
    List<SpentCall> calls,
    TopCallers callers,
    Numbers numbers,
    String base) {

  private static final int MAX_CALLS = 50;

  HourView {
    calls = List.copyOf(calls);
  }

  /**
   * @param page which page of the top callers: 0 or more
   * @throws StoreException when the store does not answer
   */
  static HourView read(Analytics analytics, HourQuery query, int page, Numbers numbers, String base)
      throws StoreException {
    Instant end = query.end();
    List<Point> points =
        query.name().isPresent()
            ? analytics.history(query.by(), query.name().get(), Resolution.HOUR, query.start(), end)
            : analytics.total(Resolution.HOUR, query.start(), end);
    String pages = base + "/hour?" + query.ofDay().parameters(query.start());
    return new HourView(
        query,
        points.stream().map(Point::totals).reduce(Totals.NOTHING, Totals::plus),
        analytics.dearestCalls(query.start(), query::asksFor, MAX_CALLS),
        TopCallers.ofHour(analytics, query, page, numbers, pages, base),
        numbers,
        base);
  }

  void write(Html html) {
    writeSummary(html);
    writeCalls(html);
    callers.write(html);
  }

  private void writeSummary(Html html) {
    html.open("section", "class", "card").open("h2").text(query.title());
    query
        .name()
        .ifPresent(
            name ->
                html.text(": " + Words.dashed(query.by()) + " ")
                    .foreign(name.isEmpty() ? SpendChart.NAMELESS : name));
    html.close().open("ul", "class", "facts");
    html.open("li").open("b");
    numbers.writeDollars(html, totals.costNanoUsd());
    html.close().text(" spent").close();
    numbers.writeFact(html, totals.requests(), "requests let in");
    numbers.writeFact(html, totals.refused(), "refused");
    numbers.writeFact(html, totals.inputTokens(), "tokens in");
    numbers.writeFact(html, totals.outputTokens(), "tokens out");
    html.close().open("p", "class", "choices");
    html.element("a", "the hour before", "href", hour(query.start().minus(1, ChronoUnit.HOURS)));
    if (query.end().isBefore(query.now())) {
      html.element("a", "the hour after", "href", hour(query.end()));
    }
    html.element("a", "the whole day", "href", base + "/spend?" + query.ofDay().parameters());
    if (query.name().isPresent()) {
      html.element(
          "a",
          "everything in this hour",
          "href",
          base + "/hour?" + query.ofDay().unnamed().parameters(query.start()));
    }
    html.close().close();
  }

  private String hour(Instant start) {
    return base + "/hour?" + query.ofDay().parameters(start);
  }

  private void writeCalls(Html html) {
    html.open("section", "class", "card").element("h2", "The dearest calls", "id", "dearest");
    html.element("p", explained(), "class", "explained");
    if (calls.isEmpty()) {
      html.element("p", "None is known.", "class", "fine").close();
      return;
    }
    WideTable.open(
        html,
        "dearest",
        List.of("Time", "Caller", "Tier", "Route", "Model"),
        List.of("Tokens in", "Tokens out", "Cost"));
    calls.forEach(call -> write(html, call));
    WideTable.close(html);
    html.close();
  }

  /** What is listed, and what is not. */
  private String explained() {
    long listed = calls.stream().mapToLong(call -> call.row().costNanoUsd()).sum();
    String rule =
        "Known are the dearest calls of each tier, route, model and provider, for %d days."
            .formatted(Analytics.CALLS_KEPT.toDays());
    return calls.isEmpty()
        ? rule
        : "Listed is %s of %s. %s"
            .formatted(
                numbers.dollars(listed),
                numbers.dollars(Math.max(listed, totals.costNanoUsd())),
                rule);
  }

  private void write(Html html, SpentCall call) {
    CallRecord row = call.row();
    html.open("tr", "title", "call " + row.id()).open("td");
    Words.writeTime(html, row.at());
    html.close().open("td", "class", "wrap");
    html.open("a", "href", CallerSearch.address(base, call.caller(), call.tier()));
    html.foreign(call.caller()).close().close();
    html.element("td", call.tier()).element("td", row.route());
    html.open("td", "class", "wrap").foreign(row.model()).close();
    html.element("td", numbers.count(row.inputTokens()), "class", "number");
    html.element("td", numbers.count(row.outputTokens()), "class", "number");
    html.open("td", "class", "number");
    if (row.outcome() != CallRecord.Outcome.SETTLED) {
      String outcome = row.outcome().name().toLowerCase(Locale.ROOT);
      html.element("abbr", "≈", "title", outcome + ": the provider has not said what it used");
    }
    numbers.writeDollars(html, row.costNanoUsd());
    html.close().close();
  }
}
