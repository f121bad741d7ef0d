package dev.tollgate.dashboard;

import dev.tollgate.Health;
import dev.tollgate.SinkState;
import dev.tollgate.Tollgate;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A value that is read when it is asked for.
 *
 * @param dotted its name
 * @param counter whether it only ever grows
 * @param labels names and values
 */
record Gauge(
    String dotted, String help, boolean counter, Map<String, String> labels, BigDecimal value) {

  Gauge {
    labels = new TreeMap<>(labels);
  }

  /** How the engine is now. */
  static List<Gauge> of(Tollgate tollgate) {
    Health health = tollgate.health();
    return List.of(
        plain("tollgate.store.up", "Whether the store answers", health.degraded() ? 0 : 1),
        plain(
            "tollgate.journal.settlements",
            "Settlements that the store has not acknowledged yet",
            health.journalledSettlements()),
        grown(
            "tollgate.settlements.lost",
            "Settlements that found the journal full",
            health.lostSettlements()),
        grown(
            "tollgate.alerts.dropped", "Alerts that found the queue full", health.droppedAlerts()));
  }

  /** How the sinks of alerts do, by their kind: who may scrape need not know where they are. */
  static List<Gauge> of(List<SinkState> sinks) {
    return Stream.of(
            ofSinks("delivered", true, "Alerts that arrived", sinks, SinkState::delivered),
            ofSinks("retried", true, "Deliveries that failed", sinks, SinkState::retried),
            ofSinks("lost", true, "Alerts that were given up", sinks, SinkState::lost),
            ofSinks("waiting", false, "Alerts that wait now", sinks, SinkState::waiting))
        .flatMap(gauges -> gauges)
        .toList();
  }

  private static Stream<Gauge> ofSinks(
      String what,
      boolean counter,
      String help,
      List<SinkState> sinks,
      ToLongFunction<SinkState> value) {
    Map<String, Long> byKind =
        sinks.stream()
            .collect(
                Collectors.groupingBy(
                    sink -> sink.name().replaceAll(":.*", ""),
                    TreeMap::new,
                    Collectors.summingLong(value)));
    return byKind.entrySet().stream()
        .map(
            kind ->
                new Gauge(
                    "tollgate.sink.alerts." + what,
                    help,
                    counter,
                    Map.of("sink", kind.getKey()),
                    BigDecimal.valueOf(kind.getValue())));
  }

  private static Gauge plain(String dotted, String help, long value) {
    return new Gauge(dotted, help, false, Map.of(), BigDecimal.valueOf(value));
  }

  private static Gauge grown(String dotted, String help, long value) {
    return new Gauge(dotted, help, true, Map.of(), BigDecimal.valueOf(value));
  }
}
