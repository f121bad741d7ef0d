package dev.tollgate;

import java.time.Instant;
import java.util.Map;

/** The alert of a breaker that came into another state, or is left to itself again. */
final class BreakerAlert {

  private BreakerAlert() {}

  /**
   * @param shadow whether calls are only said to be halted
   */
  static Alert of(BreakerChange change, Instant at, boolean shadow) {
    BreakerStatus status = change.status();
    String message = change.ended().map(ended -> ended(status, ended)).orElse(message(status));
    return new Alert(
        kind(status.state()),
        at,
        status.scope().label(),
        at.toString(),
        shadow ? message + " (in shadow mode: nothing is refused)" : message,
        Map.of(
            "kind", status.scope().kind().name(),
            "name", status.scope().name(),
            "normalUsdPerMinute", Money.usd(status.normal()).toPlainString(),
            "demandUsdPerMinute", Money.usd(status.demand()).toPlainString(),
            "control", status.control().name(),
            "controlEnds", status.controlEnds().map(Instant::toString).orElse(""),
            "shadow", Boolean.toString(shadow)));
  }

  private static Alert.Kind kind(BreakerState state) {
    return switch (state) {
      case OPEN -> Alert.Kind.BREAKER_OPENED;
      case HALF_OPEN -> Alert.Kind.BREAKER_HALF_OPENED;
      case CLOSED -> Alert.Kind.BREAKER_CLOSED;
    };
  }

  private static String ended(BreakerStatus status, BreakerControl ended) {
    return "an operator's order, "
        + ended
        + ", has ended: the breaker of "
        + status.scope().label()
        + " goes by the speed of spending again, and is "
        + status.state();
  }

  private static String message(BreakerStatus status) {
    String scope = status.scope().label();
    if (status.control() != BreakerControl.AUTOMATIC) {
      String until = status.controlEnds().map(end -> " until " + end).orElse("");
      return "an operator has set the breaker of " + scope + " to " + status.control() + until;
    }
    return switch (status.state()) {
      case OPEN ->
          "spending of " + scope + " is abnormal: optional and background calls are halted";
      case HALF_OPEN -> "one in ten of the halted calls of " + scope + " goes on";
      case CLOSED -> "spending of " + scope + " is normal again";
    };
  }
}
