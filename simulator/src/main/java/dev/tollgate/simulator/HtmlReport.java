package dev.tollgate.simulator;

import dev.tollgate.Alert;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The results as a page that stands alone: it asks for nothing, runs no script, and prints every
 * name of the trace as text.
 *
 * <p>Not thread-safe.
 */
final class HtmlReport {

  private static final int MAX_ROWS = 200;
  private static final int TOP_CALLERS = 20;

  private final Results results;
  private final Story story;
  private final TimeFormat format;
  private final List<BreakerChange> changes;

  private HtmlReport(Results results, Story story) {
    this.results = results;
    this.story = story;
    format = results.survey().format();
    changes = BreakerChange.of(results.breaker().kept());
  }

  static String of(Results results, Story story) {
    return new HtmlReport(results, story).page();
  }

  private String page() {
    return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>Tollgate simulation of %s</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        %s%s%s%s%s</main>
        </body>
        </html>
        """
        .formatted(
            Html.escape(story.trace()),
            styles(),
            introduction(),
            figures(),
            spending() + calls(),
            tables(),
            hours());
  }

  private static String styles() {
    try (InputStream css = HtmlReport.class.getResourceAsStream("report.css")) {
      if (css == null) {
        throw new IllegalStateException("report.css is missing in the jar");
      }
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private String introduction() {
    Survey survey = results.survey();
    StringBuilder items = new StringBuilder();
    for (Incident incident : story.incidents()) {
      String text =
          "injected: %s by %s, from %s to %s"
              .formatted(
                  incident.kind().label(),
                  incident.caller().id(),
                  format.label(incident.atMicros()),
                  format.label(incident.untilMicros()));
      items.append("<li>").append(Html.escape(text)).append("</li>");
    }
    if (!story.incidents().isEmpty()) {
      items.append("<li>seed: ").append(story.seed()).append("</li>");
    }
    story.notes().forEach(note -> items.append("<li>").append(Html.escape(note)).append("</li>"));
    return """
        <header><p class="brand">Tollgate simulation</p>
        <h1>%s</h1>
        <p>%s to %s, by the limits of <b>%s</b></p>
        <ul>%s</ul></header>
        """
        .formatted(
            Html.escape(story.trace()),
            Html.escape(format.label(survey.firstMicros())),
            Html.escape(format.label(survey.lastMicros())),
            Html.escape(story.config()),
            items);
  }

  private String figures() {
    Tally total = results.total();
    return "<dl class=\"figures\">"
        + figure("calls", count(total.calls()), count(results.callers()) + " callers")
        + figure("admitted", percent(total.admitted()), count(total.admitted()))
        + figure("restricted", percent(total.restricted()), count(total.restricted()))
        + figure("refused", percent(total.refused()), count(total.refused()))
        + figure("spent", "$" + TextReport.cents(total.spentUsd()), "exactly " + total.spentUsd())
        + figure("demand", "$" + TextReport.cents(total.demandUsd()), "without any limit")
        + "</dl>\n";
  }

  private static String figure(String name, String value, String more) {
    return "<div class=\"%s\"><dt>%s</dt><dd>%s</dd><dd class=\"more\">%s</dd></div>"
        .formatted(name, name, Html.escape(value), Html.escape(more));
  }

  private String percent(long part) {
    long calls = Math.max(1, results.total().calls());
    return String.format(Locale.ROOT, "%.1f %%", part * 100.0 / calls);
  }

  private String spending() {
    Timeline timeline = results.spending();
    double[] spent = perMinute(timeline, timeline.values(Tally::spent));
    double[] demand = perMinute(timeline, timeline.values(Tally::demand));
    return new Chart("Spend and demand", timeline, format, bands())
        .lines(
            "USD a minute, in steps of " + width(timeline.width()),
            List.of(
                new Chart.Series("spent", "spent", spent),
                new Chart.Series("demand", "demand", demand)),
            i -> "$%.4f spent, $%.4f demanded a minute".formatted(spent[i], demand[i]));
  }

  /** For the eye only: dollars a minute. */
  private static double[] perMinute(Timeline timeline, long[] nanoUsd) {
    double[] usd = new double[nanoUsd.length];
    for (int i = 0; i < usd.length; i++) {
      usd[i] = nanoUsd[i] / 1e9 / timeline.width().toMinutes();
    }
    return usd;
  }

  private static String width(Duration width) {
    long minutes = width.toMinutes();
    if (minutes % 1440 == 0) {
      return minutes == 1440 ? "a day" : minutes / 1440 + " days";
    }
    if (minutes % 60 == 0) {
      return minutes == 60 ? "an hour" : minutes / 60 + " hours";
    }
    return minutes == 1 ? "a minute" : minutes + " minutes";
  }

  /** When each breaker was not closed. */
  private List<Chart.Band> bands() {
    List<Chart.Band> bands = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      BreakerChange change = changes.get(i);
      if (!change.to().equals(BreakerChange.CLOSED)) {
        boolean open = change.to().equals(BreakerChange.OPEN);
        String name = "breaker of the " + change.scope() + (open ? " open" : " half open");
        bands.add(
            new Chart.Band(name, open ? "open" : "half-open", change.atMicros(), end(change, i)));
      }
    }
    return bands;
  }

  private long end(BreakerChange change, int index) {
    Optional<BreakerChange> next =
        changes.subList(index + 1, changes.size()).stream()
            .filter(each -> each.scope().equals(change.scope()))
            .findFirst();
    return next.map(BreakerChange::atMicros).orElse(results.endMicros());
  }

  private String calls() {
    Timeline timeline = results.bars();
    return new Chart("Calls", timeline, format, bands())
        .bars(
            "calls in each " + width(timeline.width()).replaceFirst("^an? ", ""),
            List.of(
                new Chart.Series("admitted", "admitted", values(timeline, 0)),
                new Chart.Series("restricted", "restricted", values(timeline, 1)),
                new Chart.Series("refused", "refused", values(timeline, 2))),
            i -> {
              Tally tally = timeline.get(i);
              return "%,d admitted, %,d restricted, %,d refused"
                  .formatted(tally.admitted(), tally.restricted(), tally.refused());
            });
  }

  private static double[] values(Timeline timeline, int verdict) {
    double[] values = new double[timeline.size()];
    for (int i = 0; i < values.length; i++) {
      Tally tally = timeline.get(i);
      values[i] =
          switch (verdict) {
            case 0 -> tally.admitted();
            case 1 -> tally.restricted();
            default -> tally.refused();
          };
    }
    return values;
  }

  private String tables() {
    Map<String, Tally> tiers = new LinkedHashMap<>(results.tiers());
    tiers.put("all", results.total());
    return tallies("By tier", "tier", tiers)
        + tallies("Callers who ask for most", "caller", results.topCallers(TOP_CALLERS))
        + causes("Why calls were refused", results.refusals())
        + causes("Why calls were restricted", results.restrictions())
        + breaker()
        + anomalies()
        + alerts();
  }

  private String tallies(String title, String what, Map<String, Tally> tallies) {
    Table table =
        new Table(title)
            .texts(what)
            .numbers("calls")
            .shares("shares")
            .numbers("restricted", "refused", "spent $", "demand $");
    tallies.forEach(
        (name, tally) ->
            table.row(
                Table.text(name),
                Table.number(count(tally.calls())),
                Table.shares(tally),
                Table.number(count(tally.restricted())),
                Table.number(count(tally.refused())),
                Table.number(TextReport.cents(tally.spentUsd())),
                Table.number(TextReport.cents(tally.demandUsd()))));
    return table.html();
  }

  private static String causes(String title, Map<String, Long> causes) {
    Table table = new Table(title).texts("limit").numbers("calls");
    causes.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(
            cause -> table.row(Table.text(cause.getKey()), Table.number(count(cause.getValue()))));
    return table.html();
  }

  private String breaker() {
    String title = "Spend breaker" + shown(results.breaker());
    Table table = new Table(title).texts("when", "scope", "from", "to");
    changes.stream()
        .limit(MAX_ROWS)
        .forEach(
            change ->
                table.row(
                    Table.text(format.label(change.atMicros())),
                    Table.text(change.scope()),
                    Table.text(change.from()),
                    Table.text(change.to())));
    return table.html();
  }

  private String anomalies() {
    String title = "Abnormal callers" + shown(results.anomalies());
    Table table = new Table(title).texts("when", "caller", "window", "what");
    results.anomalies().kept().stream()
        .limit(MAX_ROWS)
        .forEach(
            alert ->
                table.row(
                    Table.text(at(alert)),
                    Table.text(alert.subject()),
                    Table.text(alert.details().getOrDefault("window", "")),
                    Table.text(alert.message())));
    return table.html();
  }

  private String alerts() {
    String title = "Alerts" + shown(results.alerts());
    Table table = new Table(title).texts("when", "kind", "subject", "what");
    results.alerts().kept().stream()
        .limit(MAX_ROWS)
        .forEach(
            alert ->
                table.row(
                    Table.text(at(alert)),
                    Table.text(alert.kind().name()),
                    Table.text(alert.subject()),
                    Table.text(alert.message())));
    return table.html();
  }

  /** Says how many of a table's rows are shown, unless all are. */
  private static String shown(AlertList alerts) {
    return alerts.heard() > MAX_ROWS
        ? ", the first " + MAX_ROWS + " of " + count(alerts.heard())
        : "";
  }

  private String at(Alert alert) {
    return format.label(TimeFormat.micros(alert.at()));
  }

  private String hours() {
    Timeline timeline = results.bars();
    Table table =
        new Table("Each " + width(timeline.width()).replaceFirst("^an? ", ""))
            .texts("from")
            .numbers("calls", "admitted", "restricted", "refused", "spent $", "demand $");
    for (int i = 0; i < timeline.size(); i++) {
      Tally tally = timeline.get(i);
      table.row(
          Table.text(format.label(timeline.micros(i))),
          Table.number(count(tally.calls())),
          Table.number(count(tally.admitted())),
          Table.number(count(tally.restricted())),
          Table.number(count(tally.refused())),
          Table.number(TextReport.cents(tally.spentUsd())),
          Table.number(TextReport.cents(tally.demandUsd())));
    }
    return table.folded();
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
