package dev.tollgate.dashboard;

import dev.tollgate.Health;
import dev.tollgate.Tollgate;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

  private static Gauge plain(String dotted, String help, long value) {
    return new Gauge(dotted, help, false, Map.of(), BigDecimal.valueOf(value));
  }

  private static Gauge grown(String dotted, String help, long value) {
    return new Gauge(dotted, help, true, Map.of(), BigDecimal.valueOf(value));
  }
}
