package dev.tollgate.simulator;

import dev.tollgate.Alert;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Alerts, of which the first {@link #MAX_KEPT} are kept and all are counted. Not thread-safe. */
final class AlertList {

  static final int MAX_KEPT = 10_000;

  private static final Comparator<Alert> BY_TIME =
      Comparator.comparing(Alert::at)
          .thenComparing(Alert::kind)
          .thenComparing(Alert::subject)
          .thenComparing(Alert::message);

  private final List<Alert> kept = new ArrayList<>();
  private long heard;

  void add(Alert alert) {
    heard++;
    if (kept.size() < MAX_KEPT) {
      kept.add(alert);
    }
  }

  /** Those kept, in the order of their times; in one order, also where the engine has none. */
  List<Alert> kept() {
    return kept.stream().sorted(BY_TIME).toList();
  }

  /** How many there were, kept or not. */
  long heard() {
    return heard;
  }

  /** How many were not kept. */
  long dropped() {
    return heard - kept.size();
  }
}
