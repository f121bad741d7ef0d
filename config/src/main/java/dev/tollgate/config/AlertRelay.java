package dev.tollgate.config;

import dev.tollgate.Alert;
import dev.tollgate.AlertDelivery;
import dev.tollgate.SinkState;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Hands alerts to the sinks that are configured now. Thread-safe. */
final class AlertRelay implements Consumer<Alert>, AutoCloseable {

  private final Sinks sinks;
  private final RandomGenerator random;
  private AlertSettings settings;
  private volatile AlertDelivery delivery;

  AlertRelay(Sinks sinks, AlertSettings settings, RandomGenerator random) {
    this.sinks = sinks;
    this.random = random;
    this.settings = settings;
    this.delivery = new AlertDelivery(sinks.open(settings), random);
  }

  @Override
  public void accept(Alert alert) {
    delivery.accept(alert);
  }

  /** Goes over to other sinks, unless they are the same; what waits is delivered if it can be. */
  synchronized void use(AlertSettings changed) {
    if (changed.equals(settings)) {
      return;
    }
    settings = changed;
    AlertDelivery old = delivery;
    delivery = new AlertDelivery(sinks.open(changed), random);
    old.close();
  }

  List<SinkState> states() {
    return delivery.states();
  }

  @Override
  public void close() {
    delivery.close();
  }
}
