package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * What was spent, by time and name, in HTML: a table, of which a script draws the chart above it.
 * It names the {@link #MAX_NAMES} on which the most was spent; the rest is one column. Times, names
 * and amounts lead to what they consist of. Immutable.
 *
 * @param points none twice of one time and name
 * @param address of what was spent on a name, at a time, or both
 */
record SpendChart(
    String title,
    Period period,
    List<Analytics.Point> points,
    Numbers numbers,
    BiFunction<Optional<String>, Optional<Instant>, String> address) {

  static final int MAX_NAMES = 8;
  private static final String REST = "All others";
  static final String NAMELESS = "(none)";

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
      if (name.equals(REST)) {
        html.text(REST);
      } else {
        html.open("a", "href", address.apply(Optional.of(name), Optional.empty()));
        html.foreign(name.isEmpty() ? NAMELESS : name).close();
      }
      html.close();
    }
    html.element("th", "Total", "scope", "col", "class", "number");
    html.close().close().open("tbody");
    rows.forEach((at, amounts) -> writeRow(html, names, at, amounts));
    html.close().close().close().close().close().close();
  }

  private void writeRow(Html html, List<String> names, Instant at, Map<String, Long> amounts) {
    html.open("tr").open("th", "scope", "row");
    html.open("a", "href", address.apply(Optional.empty(), Optional.of(at)));
    html.element("time", shown(at), "datetime", at.toString(), "data-utc", "").close().close();
    for (String name : names) {
      long amount = amounts.getOrDefault(name, 0L);
      if (amount == 0 || name.equals(REST)) {
        writeAmount(html, amount);
      } else {
        html.open("td", "class", "number");
        html.open("a", "href", address.apply(Optional.of(name), Optional.of(at)));
        numbers.writeDollars(html, amount);
        html.close().close();
      }
    }
    writeAmount(html, amounts.values().stream().mapToLong(Long::longValue).sum());
    html.close();
  }

  private String shown(Instant at) {
    String text = at.toString();
    return switch (period.span()) {
      case DAY -> text.substring(11, 16);
      case MONTH -> text.substring(0, 10);
      case YEAR -> text.substring(0, 7);
    };
  }

  private void writeAmount(Html html, long nanoUsd) {
    html.open("td", "class", "number");
    numbers.writeDollars(html, nanoUsd);
    html.close();
  }

  private List<String> names() {
    Map<String, Long> sums = new HashMap<>();
    boolean hasRest = false;
    for (Analytics.Point point : points) {
      if (SpendView.isRest(point.name())) {
        hasRest = true;
      } else {
        sums.merge(point.name(), point.totals().costNanoUsd(), Long::sum);
      }
    }
    List<String> names =
        new ArrayList<>(
            sums.entrySet().stream()
                .sorted(
                    Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .limit(MAX_NAMES)
                .toList());
    if (hasRest || sums.size() > MAX_NAMES) {
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
