package dev.tollgate.cdi;

import dev.tollgate.Alert;
import jakarta.enterprise.event.Event;
import java.util.function.Consumer;

/**
 * Fires every alert as an event: for asynchronous observers first, then for the others, who run on
 * a thread for alerts and keep nothing but the next event waiting. Thread-safe.
 */
record AlertEvents(Event<Alert> event) implements Consumer<Alert> {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");

  @Override
  public void accept(Alert alert) {
    Event<Alert> ofKind = event.select(new AlertOf.Literal(alert.kind()));
    var unused =
        ofKind
            .fireAsync(alert)
            .whenComplete(
                (fired, failure) -> {
                  if (failure != null) {
                    LOGGER.log(
                        System.Logger.Level.WARNING, "an observer failed on " + alert, failure);
                  }
                });
    ofKind.fire(alert);
  }
}
