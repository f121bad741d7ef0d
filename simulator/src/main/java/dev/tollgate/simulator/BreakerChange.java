package dev.tollgate.simulator;

import dev.tollgate.Alert;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

  /** The changes that alerts tell of, in their order. Every breaker begins closed. */
  static List<BreakerChange> of(List<Alert> alerts) {
    Map<String, String> states = new HashMap<>();
    List<BreakerChange> changes = new ArrayList<>();
    for (Alert alert : alerts) {
      String to =
          switch (alert.kind()) {
            case BREAKER_OPENED -> OPEN;
            case BREAKER_HALF_OPENED -> HALF_OPEN;
            case BREAKER_CLOSED -> CLOSED;
            default -> "";
          };
      if (!to.isEmpty()) {
        String before = states.put(alert.subject(), to);
        String from = before == null ? CLOSED : before;
        changes.add(new BreakerChange(alert.subject(), from, to, TimeFormat.micros(alert.at())));
      }
    }
    return changes;
  }
}
