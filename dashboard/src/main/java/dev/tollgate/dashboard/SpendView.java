package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.Analytics.Dimension;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.StoreException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What was spent over a period, on what and by whom, in HTML. A year leads to its months, a month
 * to its days, a day to its hours, and each name to itself alone. Immutable.
 *
 * @param points what was spent, by time and name
 * @param callers who spent the most
 * @param base the address of the operators' pages
 */
record SpendView(
    SpendQuery query,
    List<Analytics.Point> points,
    Optional<TopCallers> callers,
    Numbers numbers,
    String base) {

  SpendView {
    points = List.copyOf(points);
  }

  /**
   * @param page which page of the top callers: 0 or more
   * @throws StoreException when the store does not answer
   */
  static SpendView read(
      Analytics analytics, SpendQuery query, int page, Numbers numbers, String base)
      throws StoreException {
    Optional<TopCallers> callers =
        query.name().isPresent()
            ? Optional.empty()
            : Optional.of(TopCallers.read(analytics, query, page, numbers, base));
    return new SpendView(
        query, query.points(analytics, SpendChart.MAX_NAMES), callers, numbers, base);
  }

  void write(Html html) {
    writeChoices(html);
    new SpendChart(title(), query.period(), points, numbers, this::address).write(html);
    callers.ifPresent(top -> top.write(html));
  }

  private String title() {
    String what =
        query.name().map(name -> " " + (name.isEmpty() ? SpendChart.NAMELESS : name)).orElse("");
    return "Spent by " + Words.dashed(query.by()) + what + ", " + query.period().name();
  }

  private void writeChoices(Html html) {
    Period period = query.period();
    html.open("div", "class", "card choices").open("p").text("By ");
    for (Dimension other : Dimension.values()) {
      boolean chosen = other == query.by() && query.name().isEmpty();
      writeChoice(html, Words.dashed(other), spend(query.by(other)), chosen);
    }
    html.close().open("p").text("Over ");
    for (Period.Span other : Period.Span.values()) {
      boolean chosen = other == period.span();
      String title = other.title().toLowerCase(Locale.ROOT);
      writeChoice(html, title, spend(query.over(other, period.lastDay())), chosen);
    }
    html.close().open("p").text("Take it with you as ");
    for (SpendExport.Format format : SpendExport.Format.values()) {
      String address = base + "/export?" + query.parameters() + "&format=" + format.parameter();
      writeChoice(html, format.title(), address, false);
    }
    html.close().open("p");
    LocalDate before = period.firstDay().minusDays(1);
    writeChoice(html, "earlier", spend(query.at(period.span(), before)), false);
    if (period.to().isBefore(query.now())) {
      LocalDate after = period.lastDay().plusDays(1);
      writeChoice(html, "later", spend(query.at(period.span(), after)), false);
    }
    html.close().close();
  }

  private static void writeChoice(Html html, String title, String address, boolean chosen) {
    if (chosen) {
      html.element("a", title, "href", address, "aria-current", "true");
    } else {
      html.element("a", title, "href", address);
    }
  }

  private String spend(SpendQuery other) {
    return base + "/spend?" + other.parameters();
  }

  /** Where a time, a name or what was spent on a name at a time leads to. */
  private String address(Optional<String> name, Optional<Instant> at) {
    SpendQuery of = name.isPresent() ? query.named(name.get()) : query;
    if (at.isEmpty()) {
      return spend(of);
    }
    LocalDate day = LocalDate.ofInstant(at.get(), ZoneOffset.UTC);
    return switch (query.period().span()) {
      case YEAR -> spend(of.at(Period.Span.MONTH, day));
      case MONTH -> spend(of.at(Period.Span.DAY, day));
      case DAY -> base + "/hour?" + of.parameters(at.get());
    };
  }

  /** Whether a name stands for many. */
  static boolean isRest(String name) {
    return name.equals(Rollups.OTHERS);
  }
}
