package dev.tollgate.alerts;

import dev.tollgate.Alert;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What an alert means to systems that keep incidents open until they are resolved.
 *
 * @param name the kind of incident, such as {@code spend-breaker}
 * @param lasts whether it stands until another alert resolves it
 * @param resolved whether this alert resolves it
 */
record Incident(String name, boolean lasts, boolean resolved) {

  static Incident of(Alert.Kind kind) {
    return switch (kind) {
      case BREAKER_OPENED, BREAKER_HALF_OPENED -> new Incident("spend-breaker", true, false);
      case BREAKER_CLOSED -> new Incident("spend-breaker", true, true);
      case STORE_DEGRADED -> new Incident("store-degraded", true, false);
      case STORE_RECOVERED -> new Incident("store-degraded", true, true);
      default -> new Incident(kind.word(), false, false);
    };
  }

  /** The name as {@code SpendBreaker}. */
  String camelCase() {
    return Arrays.stream(name.split("-"))
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .collect(Collectors.joining());
  }

  /** The same for the alert that opens an incident and for those that go on or resolve it. */
  String key(Alert alert) {
    return lasts ? name + "/" + alert.subject() : alert.id();
  }
}
