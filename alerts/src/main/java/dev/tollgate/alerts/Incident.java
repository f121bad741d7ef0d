package dev.tollgate.alerts;

import dev.tollgate.Alert;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What an alert means to systems that keep incidents open until they are resolved.
 *
 * @param name the kind of incident, such as {@code spend-breaker}
 * @param severity how bad it is, the same when it is resolved
 * @param lasts whether it stands until another alert resolves it
 * @param resolved whether this alert resolves it
 */
record Incident(String name, Severity severity, boolean lasts, boolean resolved) {

  /** In PagerDuty's words. */
  enum Severity {
    CRITICAL,
    ERROR,
    WARNING,
    INFO;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Incident of(Alert.Kind kind) {
    return switch (kind) {
      case BREAKER_OPENED, BREAKER_HALF_OPENED ->
          new Incident("spend-breaker", Severity.CRITICAL, true, false);
      case BREAKER_CLOSED -> new Incident("spend-breaker", Severity.CRITICAL, true, true);
      case STORE_DEGRADED -> new Incident("store-degraded", Severity.ERROR, true, false);
      case STORE_RECOVERED -> new Incident("store-degraded", Severity.ERROR, true, true);
      case PROVIDER_LIMIT_REACHED -> event(kind, Severity.CRITICAL);
      case BUDGET_REACHED, ANOMALY -> event(kind, Severity.ERROR);
      case UNPRICED_MODEL, IMPLAUSIBLE_USAGE, BILL_DRIFT -> event(kind, Severity.WARNING);
      case QUOTA_REACHED, LIMITS_REVIEW, PROVIDER_LIMIT_SET -> event(kind, Severity.INFO);
    };
  }

  private static Incident event(Alert.Kind kind, Severity severity) {
    return new Incident(dashed(kind), severity, false, false);
  }

  /** A kind as {@code quota-reached}. */
  static String dashed(Alert.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
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
