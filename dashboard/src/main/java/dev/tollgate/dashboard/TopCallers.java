package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.Analytics.Dimension;
import dev.tollgate.Analytics.Point;
import dev.tollgate.Resolution;
import dev.tollgate.Totals;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who spent the most over a time, in HTML, a page at a time. Immutable.
 *
 * @param title of what time they are
 * @param callers of one page, and the first of the next one
 * @param page its number, from 0 on
 * @param note what is to be known about them, empty for nothing
 * @param query what a caller's cost leads to
 * @param pages the address of a page without its number
 * @param base the address of the operators' pages
 */
record TopCallers(
    String title,
    List<Point> callers,
    int page,
    String note,
    SpendQuery query,
    String pages,
    Numbers numbers,
    String base) {

  static final int OF_A_PAGE = 25;

  /** Of each month of a year. */
  static final int OF_EACH_MONTH = 100;

  TopCallers {
    callers = List.copyOf(callers);
  }

  /**
   * The top callers of a period.
   *
   * @throws StoreException when the store does not answer
   */
  static TopCallers read(
      Analytics analytics, SpendQuery query, int page, Numbers numbers, String base)
      throws StoreException {
    Period period = query.period();
    Instant in = period.from();
    String pages = base + "/spend?" + query.parameters();
    Resolution resolution = period.span() == Period.Span.DAY ? Resolution.DAY : Resolution.MONTH;
    boolean isYear = period.span() == Period.Span.YEAR;
    List<Point> callers =
        isYear
            ? ofYear(analytics, period, page)
            : analytics.topCallers(resolution, in, page * OF_A_PAGE, OF_A_PAGE + 1);
    String note =
        isYear ? "Of those who are among the " + OF_EACH_MONTH + " top callers of a month." : "";
    return new TopCallers(
        period.name(),
        callers,
        page,
        (note + " " + forgotten(resolution, period.to(), query.now())).strip(),
        query.by(Dimension.CALLER),
        pages,
        numbers,
        base);
  }

  /**
   * The top callers of an hour.
   *
   * @param pages the address of a page without its number
   * @throws StoreException when the store does not answer
   */
  static TopCallers ofHour(
      Analytics analytics, HourQuery hour, int page, Numbers numbers, String pages, String base)
      throws StoreException {
    return new TopCallers(
        hour.title(),
        analytics.topCallers(Resolution.HOUR, hour.start(), page * OF_A_PAGE, OF_A_PAGE + 1),
        page,
        forgotten(Resolution.HOUR, hour.end(), hour.now()),
        hour.ofDay().by(Dimension.CALLER),
        pages,
        numbers,
        base);
  }

  /** The sums of each caller over all months. */
  private static List<Point> ofYear(Analytics analytics, Period period, int page)
      throws StoreException {
    Map<String, Totals> sums = new TreeMap<>();
    analytics
        .spend(Dimension.CALLER, Resolution.MONTH, period.from(), period.to(), OF_EACH_MONTH)
        .stream()
        .filter(point -> !SpendView.isRest(point.name()))
        .forEach(point -> sums.merge(point.name(), point.totals(), Totals::plus));
    List<Point> callers = new ArrayList<>();
    sums.forEach((name, totals) -> callers.add(new Point(period.from(), name, totals)));
    callers.sort(
        Comparator.comparingLong((Point caller) -> caller.totals().costNanoUsd()).reversed());
    return callers.stream().skip((long) page * OF_A_PAGE).limit(OF_A_PAGE + 1).toList();
  }

  private static String forgotten(Resolution resolution, Instant end, Instant now) {
    Duration kept = resolution.callersKept();
    return end.isBefore(now.minus(kept))
        ? "Who spent how much in %s is kept for %d days."
            .formatted(
                switch (resolution) {
                  case HOUR -> "an hour";
                  case DAY -> "a day";
                  case MONTH -> "a month";
                },
                kept.toDays())
        : "";
  }

  void write(Html html) {
    html.open("section", "class", "card").element("h2", "Top callers, " + title, "id", "top");
    if (!note.isEmpty()) {
      html.element("p", note, "class", "explained");
    }
    if (callers.isEmpty()) {
      html.element("p", note.isEmpty() ? "Nobody." : "None is known.", "class", "fine").close();
      return;
    }
    WideTable.open(
        html,
        "top",
        List.of("Caller"),
        List.of("Cost", "Requests", "Restricted", "Refused", "Tokens in", "Tokens out"));
    callers.stream().limit(OF_A_PAGE).forEach(caller -> write(html, caller));
    WideTable.close(html);
    writePages(html);
    html.close();
  }

  private void writePages(Html html) {
    boolean hasMore = callers.size() > OF_A_PAGE;
    if (page == 0 && !hasMore) {
      return;
    }
    html.open("p", "class", "choices");
    if (page > 0) {
      html.element("a", "those before", "href", pages + "&callers=" + (page - 1));
    }
    if (hasMore) {
      html.element("a", "the next", "href", pages + "&callers=" + (page + 1));
    }
    html.close();
  }

  private void write(Html html, Point caller) {
    Totals totals = caller.totals();
    html.open("tr").open("td", "class", "wrap");
    if (SpendView.isRest(caller.name())) {
      html.text("All others");
    } else {
      html.open("a", "href", CallerSearch.address(base, caller.name()));
      html.foreign(caller.name()).close();
    }
    html.close().open("td", "class", "number");
    if (SpendView.isRest(caller.name())) {
      numbers.writeDollars(html, totals.costNanoUsd());
    } else {
      String over = base + "/spend?" + query.named(caller.name()).parameters();
      html.open("a", "href", over, "title", "over time");
      numbers.writeDollars(html, totals.costNanoUsd());
      html.close();
    }
    html.close();
    for (long count :
        new long[] {
          totals.requests(),
          totals.restricted(),
          totals.refused(),
          totals.inputTokens(),
          totals.outputTokens()
        }) {
      html.element("td", numbers.count(count), "class", "number");
    }
    html.close();
  }
}
