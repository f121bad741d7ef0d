package dev.tollgate.dashboard;

import dev.tollgate.Money;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What was spent on each day, in HTML: a table, of which a script draws the chart above it.
 * Immutable.
 *
 * @param spent nano-USD by name of what it was spent on, and by day of UTC
 */
record SpendChart(String title, Map<String, SortedMap<LocalDate, Long>> spent, Numbers numbers) {

  SpendChart {
    spent = new TreeMap<>(spent);
  }

  void write(Html html) {
    SortedSet<LocalDate> days = new TreeSet<>();
    spent.values().forEach(of -> days.addAll(of.keySet()));
    if (days.isEmpty()) {
      return;
    }
    html.open("section", "class", "card").element("h2", title);
    html.open("figure", "class", "chart");
    html.open("div", "class", "plot", "aria-hidden", "true").close();
    html.open("details", "id", "table-" + title.replace(' ', '-'));
    html.element("summary", "The numbers as a table");
    html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", title);
    html.open("table", "data-chart", "days").open("thead").open("tr");
    html.element("th", "Day (UTC)", "scope", "col");
    for (String name : spent.keySet()) {
      html.element("th", name, "scope", "col", "class", "number");
    }
    html.element("th", "Total", "scope", "col", "class", "number");
    html.close().close().open("tbody");
    days.forEach(day -> writeDay(html, day));
    html.close().close().close().close().close().close();
  }

  private void writeDay(Html html, LocalDate day) {
    List<Long> amounts = spent.values().stream().map(of -> of.getOrDefault(day, 0L)).toList();
    html.open("tr").open("th", "scope", "row");
    html.element("time", day.toString(), "datetime", day.toString(), "data-day", "").close();
    amounts.forEach(amount -> writeAmount(html, amount));
    writeAmount(html, amounts.stream().mapToLong(Long::longValue).sum());
    html.close();
  }

  private void writeAmount(Html html, long nanoUsd) {
    html.open("td", "class", "number");
    html.element("data", numbers.dollars(nanoUsd), "value", Money.usd(nanoUsd).toPlainString());
    html.close();
  }
}
