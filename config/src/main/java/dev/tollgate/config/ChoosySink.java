package dev.tollgate.config;

import dev.tollgate.Alert;
import dev.tollgate.AlertSink;
import dev.tollgate.UndeliveredException;

/** A sink that is told what the configuration says. As thread-safe as the sink. */
record ChoosySink(AlertSink sink, Alert.Severity leastSeverity) implements AlertSink {

  @Override
  public String name() {
    return sink.name();
  }

  @Override
  public void deliver(Alert alert) throws UndeliveredException {
    sink.deliver(alert);
  }

  @Override
  public void close() {
    sink.close();
  }
}
