package dev.tollgate;

/**
 * Where alerts go: a log, a chat, an incident system.
 *
 * <p>One thread at a time delivers; {@link #close} may come from another one meanwhile.
 */
public interface AlertSink extends AutoCloseable {

  /** Names it on pages, in metrics and in logs, so it tells no secret: {@code slack:host}. */
  String name();

  /** Alerts that are less severe do not come here. */
  default Alert.Severity leastSeverity() {
    return Alert.Severity.INFO;
  }

  /**
   * Delivers one alert; takes a few seconds at most. The same alert may come again after a failure:
   * its {@link Alert#id} tells.
   *
   * @throws UndeliveredException when it is not known to have arrived
   */
  void deliver(Alert alert) throws UndeliveredException;

  /** Breaks off what is under way and frees what it holds. Idempotent. */
  @Override
  void close();
}
