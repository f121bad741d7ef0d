package dev.tollgate.config;

import dev.tollgate.Alert;
import dev.tollgate.AlertSink;
import java.lang.System.Logger.Level;

/** Writes alerts to the log of {@code dev.tollgate.alerts}. Stateless. */
final class LogSink implements AlertSink {

  static final String SCHEME = "log";

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate.alerts");

  @Override
  public String name() {
    return SCHEME;
  }

  @Override
  public void deliver(Alert alert) {
    LOGGER.log(level(alert.kind()), alert::toString);
  }

  private static Level level(Alert.Kind kind) {
    return switch (kind) {
      case QUOTA_REACHED,
          STORE_RECOVERED,
          BREAKER_HALF_OPENED,
          BREAKER_CLOSED,
          PROVIDER_LIMIT_SET,
          LIMITS_REVIEW ->
          Level.INFO;
      default -> Level.WARNING;
    };
  }

  @Override
  public void close() {}
}
