package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What was spent, by time and name, in HTML: a table, of which a script draws the chart above it.
 * It names the {@link #MAX_NAMES} on which the most was spent; the rest is one column. Immutable.
 *
 * @param points none twice of one time and name
 * @param time writes the time of a row
 */
record SpendChart(
    String title,
    Period period,
    List<Analytics.Point> points,
    Numbers numbers,
    BiConsumer<Html, Instant> time) {

  static final int MAX_NAMES = 8;
  private static final String REST = "All others";
  private static final String NAMELESS = "(none)";

  SpendChart {
    points = List.copyOf(points);
  }

  void write(Html html) {
    List<String> names = names();
    SortedMap<Instant, Map<String, Long>> rows = rows(names);
    html.open("section", "class", "card").element("h2", title);
    if (rows.isEmpty()) {
      html.element("p", "Nothing was spent.", "class", "fine").close();
      return;
    }
    html.open("figure", "class", "chart")
        .open("div", "class", "plot", "aria-hidden", "true")
        .close();
    html.open("details", "id", "table").element("summary", "The numbers as a table");
    html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", title);
    html.open(
            "table",
            "data-chart",
            period.span().parameter(),
            "data-from",
            period.from().toString(),
            "data-to",
            period.to().toString())
        .open("thead")
        .open("tr");
    html.element("th", "From (UTC)", "scope", "col");
    for (String name : names) {
      html.open("th", "scope", "col", "class", "number");
      html.foreign(name.isEmpty() ? NAMELESS : name).close();
    }
    html.element("th", "Total", "scope", "col", "class", "number");
    html.close().close().open("tbody");
    rows.forEach((at, amounts) -> writeRow(html, names, at, amounts));
    html.close().close().close().close().close().close();
  }

  private void writeRow(Html html, List<String> names, Instant at, Map<String, Long> amounts) {
    html.open("tr").open("th", "scope", "row");
    time.accept(html, at);
    html.close();
    names.forEach(name -> writeAmount(html, amounts.getOrDefault(name, 0L)));
    writeAmount(html, amounts.values().stream().mapToLong(Long::longValue).sum());
    html.close();
  }

  private void writeAmount(Html html, long nanoUsd) {
    html.open("td", "class", "number");
    numbers.writeDollars(html, nanoUsd);
    html.close();
  }

  private List<String> names() {
    Map<String, Long> sums = new HashMap<>();
    points.forEach(point -> sums.merge(point.name(), point.totals().costNanoUsd(), Long::sum));
    List<String> names =
        new ArrayList<>(
            sums.entrySet().stream()
                .sorted(
                    Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .limit(MAX_NAMES)
                .toList());
    if (sums.size() > MAX_NAMES) {
      names.add(REST);
    }
    return names;
  }

  private SortedMap<Instant, Map<String, Long>> rows(List<String> names) {
    SortedMap<Instant, Map<String, Long>> rows = new TreeMap<>();
    for (Analytics.Point point : points) {
      String name = names.contains(point.name()) ? point.name() : REST;
      rows.computeIfAbsent(point.start(), at -> new HashMap<>())
          .merge(name, point.totals().costNanoUsd(), Long::sum);
    }
    return rows;
  }
}
