package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.Analytics.Dimension;
import dev.tollgate.Resolution;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/**
 * What was spent over a period, on what and by whom, in HTML. A month leads to its days, a day to
 * its callers, and a caller to the calls. Immutable.
 *
 * @param base the address of the operators' pages
 */
record SpendView(
    Analytics analytics, Dimension dimension, Period period, Numbers numbers, String base) {

  private static final int MAX_CALLERS = 25;

  void write(Html html) {
    writeChoices(html);
    List<Analytics.Point> points =
        analytics.spend(dimension, period.span().resolution(), period.from(), period.to());
    new SpendChart(title(), period, points, numbers, this::writeTime).write(html);
    writeCallers(html);
  }

  private String title() {
    String from = period.firstDay().toString();
    String when =
        switch (period.span()) {
          case DAY -> from;
          case MONTH -> from.substring(0, 7);
          case YEAR -> from.substring(0, 7) + " to " + period.lastDay().toString().substring(0, 7);
        };
    return "Spent by " + Words.dashed(dimension) + ", " + when;
  }

  private void writeChoices(Html html) {
    html.open("div", "class", "card choices").open("p").text("By ");
    for (Dimension other : Dimension.values()) {
      boolean chosen = other == dimension;
      writeChoice(
          html, Words.dashed(other), address(other, period.span(), period.lastDay()), chosen);
    }
    html.close().open("p").text("Over ");
    for (Period.Span other : Period.Span.values()) {
      boolean chosen = other == period.span();
      String title = other.title().toLowerCase(Locale.ROOT);
      writeChoice(html, title, address(dimension, other, period.lastDay()), chosen);
    }
    html.close().open("p").text("Take it with you as ");
    for (SpendExport.Format format : SpendExport.Format.values()) {
      writeChoice(html, format.title(), export(format), false);
    }
    html.close().open("p");
    LocalDate before = period.firstDay().minusDays(1);
    writeChoice(html, "earlier", address(dimension, period.span(), before), false);
    LocalDate after = period.lastDay().plusDays(1);
    writeChoice(html, "later", address(dimension, period.span(), after), false);
    html.close().close();
  }

  private static void writeChoice(Html html, String title, String address, boolean chosen) {
    if (chosen) {
      html.element("a", title, "href", address, "aria-current", "true");
    } else {
      html.element("a", title, "href", address);
    }
  }

  private String address(Dimension by, Period.Span span, LocalDate at) {
    return "%s/spend?by=%s&span=%s&at=%s".formatted(base, Words.dashed(by), span.parameter(), at);
  }

  private String export(SpendExport.Format format) {
    return "%s/export?by=%s&span=%s&at=%s&format=%s"
        .formatted(
            base,
            Words.dashed(dimension),
            period.span().parameter(),
            period.lastDay(),
            format.parameter());
  }

  /** A time, which leads to what it consists of. */
  private void writeTime(Html html, Instant at) {
    String text = at.toString();
    String shown =
        switch (period.span()) {
          case DAY -> text.substring(11, 16);
          case MONTH -> text.substring(0, 10);
          case YEAR -> text.substring(0, 7);
        };
    if (period.span() == Period.Span.DAY) {
      html.element("time", shown, "datetime", text, "data-utc", "");
      return;
    }
    Period.Span finer = period.span() == Period.Span.YEAR ? Period.Span.MONTH : Period.Span.DAY;
    LocalDate day = LocalDate.ofInstant(at, ZoneOffset.UTC);
    html.open("a", "href", address(dimension, finer, day));
    html.element("time", shown, "datetime", text, "data-utc", "").close();
  }

  private void writeCallers(Html html) {
    boolean ofDay = period.span() == Period.Span.DAY;
    Resolution resolution = ofDay ? Resolution.DAY : Resolution.MONTH;
    Instant in = period.to().minusSeconds(1);
    List<Analytics.Point> callers = analytics.topCallers(resolution, in, 0, MAX_CALLERS);
    String when = in.toString().substring(0, ofDay ? 10 : 7);
    html.open("section", "class", "card").element("h2", "Top callers, " + when, "id", "top");
    if (callers.isEmpty()) {
      html.element("p", "Nobody.", "class", "fine").close();
      return;
    }
    html.open(
        "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-labelledby", "top");
    html.open("table").open("thead").open("tr").element("th", "Caller", "scope", "col");
    for (String heading :
        List.of("Cost", "Requests", "Restricted", "Refused", "Tokens in", "Tokens out")) {
      html.element("th", heading, "scope", "col", "class", "number");
    }
    html.close().close().open("tbody");
    callers.forEach(caller -> writeCaller(html, caller));
    html.close().close().close().close();
  }

  private void writeCaller(Html html, Analytics.Point caller) {
    String id = URLEncoder.encode(caller.name(), StandardCharsets.UTF_8);
    html.open("tr").open("td", "class", "wrap").open("a", "href", base + "/callers?id=" + id);
    html.foreign(caller.name()).close().close();
    html.open("td", "class", "number");
    numbers.writeDollars(html, caller.totals().costNanoUsd());
    html.close();
    for (long count :
        new long[] {
          caller.totals().requests(),
          caller.totals().restricted(),
          caller.totals().refused(),
          caller.totals().inputTokens(),
          caller.totals().outputTokens()
        }) {
      html.element("td", numbers.count(count), "class", "number");
    }
    html.close();
  }
}
