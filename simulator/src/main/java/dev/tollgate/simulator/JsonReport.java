package dev.tollgate.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollgate.Alert;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The results as {@code report.json}. Times are written as in the trace: seconds as numbers, or ISO
 * 8601. Dollars are exact decimals in strings.
 *
 * @param byHour every hour from the first to the last, also those without calls
 * @param refusals how many calls each limit, or something else, refused
 * @param restrictions how many calls each quota restricted
 * @param leftOut how many alerts, and those of breakers and of abnormal callers among them, the
 *     lists above leave out
 */
record JsonReport(
    long calls,
    long admitted,
    long restricted,
    long refused,
    String spentUsd,
    String demandUsd,
    List<Breaker> breaker,
    List<Anomaly> anomalies,
    List<Notice> alerts,
    Map<String, Counts> byTier,
    List<Hour> byHour,
    Map<String, Long> refusals,
    Map<String, Long> restrictions,
    LeftOut leftOut) {

  record Breaker(String scope, String from, String to, Object at) {}

  record Anomaly(String caller, Object at, String window) {}

  record Notice(String kind, Object at, String subject) {}

  record LeftOut(long breaker, long anomalies, long alerts) {}

  record Counts(
      long calls,
      long admitted,
      long restricted,
      long refused,
      String spentUsd,
      String demandUsd) {}

  record Hour(
      Object at,
      long calls,
      long admitted,
      long restricted,
      long refused,
      String spentUsd,
      String demandUsd) {}

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .build();

  static JsonReport of(Results results) {
    TimeFormat format = results.survey().format();
    Tally total = results.total();
    NavigableMap<String, Counts> tiers = new TreeMap<>();
    results.tiers().forEach((tier, tally) -> tiers.put(tier, counts(tally)));
    return new JsonReport(
        total.calls(),
        total.admitted(),
        total.restricted(),
        total.refused(),
        total.spentUsd(),
        total.demandUsd(),
        BreakerChange.of(results.breaker().kept()).stream()
            .map(change -> breaker(change, format))
            .toList(),
        results.anomalies().kept().stream().map(alert -> anomaly(alert, format)).toList(),
        results.alerts().kept().stream().map(alert -> notice(alert, format)).toList(),
        tiers,
        hours(results.hours(), format),
        results.refusals(),
        results.restrictions(),
        new LeftOut(
            results.breaker().dropped(),
            results.anomalies().dropped(),
            results.alerts().dropped()));
  }

  private static Breaker breaker(BreakerChange change, TimeFormat format) {
    return new Breaker(change.scope(), change.from(), change.to(), format.json(change.atMicros()));
  }

  private static Anomaly anomaly(Alert alert, TimeFormat format) {
    String window = alert.details().getOrDefault("window", "");
    return new Anomaly(alert.subject(), at(alert, format), window);
  }

  private static Notice notice(Alert alert, TimeFormat format) {
    return new Notice(alert.kind().name(), at(alert, format), alert.subject());
  }

  private static Object at(Alert alert, TimeFormat format) {
    return format.json(TimeFormat.micros(alert.at()));
  }

  private static Counts counts(Tally tally) {
    return new Counts(
        tally.calls(),
        tally.admitted(),
        tally.restricted(),
        tally.refused(),
        tally.spentUsd(),
        tally.demandUsd());
  }

  private static List<Hour> hours(Timeline timeline, TimeFormat format) {
    List<Hour> hours = new ArrayList<>(timeline.size());
    for (int i = 0; i < timeline.size(); i++) {
      Tally tally = timeline.get(i);
      hours.add(
          new Hour(
              format.json(timeline.micros(i)),
              tally.calls(),
              tally.admitted(),
              tally.restricted(),
              tally.refused(),
              tally.spentUsd(),
              tally.demandUsd()));
    }
    return hours;
  }

  /** The report as text. */
  String text() {
    try {
      return MAPPER.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("records of strings and numbers are JSON", impossible);
    }
  }
}
