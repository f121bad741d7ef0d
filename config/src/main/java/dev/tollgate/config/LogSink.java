package dev.tollgate.config;

import dev.tollgate.Alert;
import dev.tollgate.AlertSink;
import dev.tollgate.LogLine;
import java.lang.System.Logger.Level;
import java.util.TreeMap;

/**
 * Writes alerts to the log of {@code dev.tollgate.alerts}, each as a line of {@code key="value"}
 * pairs. Stateless.
 */
final class LogSink implements AlertSink {

  static final String SCHEME = "log";

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate.alerts");

  @Override
  public String name() {
    return SCHEME;
  }

  @Override
  public void deliver(Alert alert) {
    LOGGER.log(level(alert.kind()), () -> line(alert));
  }

  /** What the alert says, for people, and then what it says for programs. */
  private static String line(Alert alert) {
    LogLine line =
        new LogLine()
            .add("event", alert.kind().word())
            .add("at", alert.at().toString())
            .add("id", alert.id())
            .add("subject", alert.subject())
            .add("message", alert.message());
    new TreeMap<>(alert.details()).forEach((key, value) -> line.add("detail." + key, value));
    return line.toString();
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
