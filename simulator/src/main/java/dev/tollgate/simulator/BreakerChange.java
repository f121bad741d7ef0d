package dev.tollgate.simulator;

import dev.tollgate.Alert;
import java.util.List;
import java.util.Optional;

/**
 * A spend breaker that changed its state.
 *
 * @param scope what it watches
 * @param from the state before, such as {@code CLOSED}
 * @param to the state after
 * @param atMicros when
 */
record BreakerChange(String scope, String from, String to, long atMicros) {

  static final String OPEN = "OPEN";
  static final String HALF_OPEN = "HALF_OPEN";
  static final String CLOSED = "CLOSED";

  /** The changes that alerts tell of, in their order. */
  static List<BreakerChange> of(List<Alert> alerts) {
    return alerts.stream().map(BreakerChange::of).flatMap(Optional::stream).toList();
  }

  private static Optional<BreakerChange> of(Alert alert) {
    return switch (alert.kind()) {
      case BREAKER_OPENED -> Optional.of(of(alert, CLOSED, OPEN));
      case BREAKER_HALF_OPENED -> Optional.of(of(alert, OPEN, HALF_OPEN));
      case BREAKER_CLOSED -> Optional.of(of(alert, HALF_OPEN, CLOSED));
      default -> Optional.empty();
    };
  }

  /** The alert says which states they were; if not, they were the usual ones. */
  private static BreakerChange of(Alert alert, String usualFrom, String usualTo) {
    return new BreakerChange(
        alert.details().getOrDefault("scope", alert.subject()),
        alert.details().getOrDefault("from", usualFrom),
        alert.details().getOrDefault("to", usualTo),
        TimeFormat.micros(alert.at()));
  }
}
