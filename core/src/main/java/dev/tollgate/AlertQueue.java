package dev.tollgate;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Delivers alerts off the request path, in order, to every listener. Bounded: an alert that finds
 * {@link #CAPACITY} others waiting is dropped and counted. Thread-safe.
 */
final class AlertQueue {

  static final int CAPACITY = 1000;
  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");

  private final List<Consumer<Alert>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final Executor executor;
  private final Predicate<Alert> filter;

  /**
   * @param executor runs one task at a time
   * @param filter says, on the executor, which alerts are told
   */
  AlertQueue(Executor executor, Predicate<Alert> filter) {
    this.executor = executor;
    this.filter = filter;
  }

  void listen(Consumer<Alert> listener) {
    listeners.add(listener);
  }

  void unlisten(Consumer<Alert> listener) {
    listeners.remove(listener);
  }

  void send(Alert alert) {
    if (waiting.incrementAndGet() > CAPACITY) {
      waiting.decrementAndGet();
      dropped.incrementAndGet();
      return;
    }
    try {
      executor.execute(() -> deliver(alert));
    } catch (RejectedExecutionException closed) {
      waiting.decrementAndGet();
      dropped.incrementAndGet();
    }
  }

  long dropped() {
    return dropped.get();
  }

  private void deliver(Alert alert) {
    waiting.decrementAndGet();
    if (!filter.test(alert)) {
      return;
    }
    for (Consumer<Alert> listener : listeners) {
      try {
        listener.accept(alert);
      } catch (RuntimeException broken) {
        // a listener is somebody else's code: it must not keep the alert from the next one
        LOGGER.log(System.Logger.Level.WARNING, "an alert listener failed on " + alert, broken);
      }
    }
  }
}
