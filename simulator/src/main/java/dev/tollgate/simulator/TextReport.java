package dev.tollgate.simulator;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results as a page of text. */
final class TextReport {

  private static final int MAX_LISTED = 10;

  private final Results results;
  private final TimeFormat format;
  private final StringBuilder text = new StringBuilder();

  private TextReport(Results results) {
    this.results = results;
    this.format = results.survey().format();
  }

  static String of(Results results, Story story) {
    TextReport report = new TextReport(results);
    report.introduction(story);
    report.tallies();
    report.causes("Refused by", results.refusals());
    report.causes("Restricted by", results.restrictions());
    report.breaker(BreakerChange.of(results.breaker().kept()));
    report.alerts();
    return report.text.toString();
  }

  private void introduction(Story story) {
    Survey survey = results.survey();
    line("%s: %,d calls of %,d callers", story.trace(), survey.calls(), survey.callers());
    String first = format.label(survey.firstMicros());
    line("from %s to %s, by %s", first, format.label(survey.lastMicros()), story.config());
    for (Incident incident : story.incidents()) {
      line(
          "injected: %s by %s, from %s to %s (seed %d)",
          incident.kind().label(),
          incident.caller().id(),
          format.label(incident.atMicros()),
          format.label(incident.untilMicros()),
          story.seed());
    }
    story.notes().forEach(note -> line("note: %s", note));
  }

  private void tallies() {
    line("");
    line(
        "%-20s %12s %12s %12s %12s %14s %14s",
        "tier", "calls", "admitted", "restricted", "refused", "spent USD", "demand USD");
    results.tiers().forEach(this::tally);
    tally("all", results.total());
  }

  private void tally(String name, Tally tally) {
    line(
        "%-20s %,12d %,12d %,12d %,12d %14s %14s",
        name,
        tally.calls(),
        tally.admitted(),
        tally.restricted(),
        tally.refused(),
        cents(tally.spentUsd()),
        cents(tally.demandUsd()));
  }

  /** Dollars, rounded up to cents. */
  static String cents(String usd) {
    BigDecimal cents = new BigDecimal(usd).setScale(2, RoundingMode.CEILING);
    return String.format(Locale.ROOT, "%,.2f", cents);
  }

  private void causes(String heading, Map<String, Long> causes) {
    if (!causes.isEmpty()) {
      line("");
      line("%s", heading);
      causes.forEach((cause, calls) -> line("  %-50s %,12d", cause, calls));
    }
  }

  private void breaker(List<BreakerChange> changes) {
    if (!changes.isEmpty()) {
      line("");
      line("Spend breaker");
      changes.stream()
          .limit(MAX_LISTED)
          .forEach(
              each ->
                  line(
                      "  %s  %s: %s -> %s",
                      format.label(each.atMicros()), each.scope(), each.from(), each.to()));
      more(changes.size() + results.breaker().dropped());
    }
  }

  private void alerts() {
    AlertList alerts = results.alerts();
    if (alerts.heard() > 0) {
      line("");
      line("Alerts: %,d", alerts.heard());
      results.kinds().forEach((kind, count) -> line("  %-50s %,12d", kind, count));
    }
    if (alerts.dropped() > 0) {
      line("  (report.json lists the first %,d)", AlertList.MAX_KEPT);
    }
  }

  private void more(long size) {
    if (size > MAX_LISTED) {
      line("  and %,d more", size - MAX_LISTED);
    }
  }

  private void line(String form, Object... arguments) {
    text.append(String.format(Locale.ROOT, form, arguments).stripTrailing())
        .append(System.lineSeparator());
  }
}
