package dev.tollgate;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Delivers alerts off the request path, in order, to every listener. The engine's own work is done
 * on its background; then each listener has a mailbox and its turn where it may take its time.
 * Bounded: an alert that finds {@link #CAPACITY} others waiting, at the engine or at a listener, is
 * dropped there and counted. Thread-safe.
 */
final class AlertQueue {

  static final int CAPACITY = 1000;
  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final List<Mailbox<Alert>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong dropped = new AtomicLong();
  private final Mailbox<Alert> queue;
  private final Executor listening;

  /**
   * @param background runs one task at a time
   * @param filter says, on the background, which alerts are told
   * @param listening runs the listeners
   */
  AlertQueue(Executor background, Predicate<Alert> filter, Executor listening) {
    this.listening = listening;
    queue =
        new Mailbox<>(
            alert -> {
              if (filter.test(alert)) {
                listeners.forEach(listener -> add(listener, alert));
              }
            },
            background,
            CAPACITY);
  }

  /** A listener of the engine's own, told on the background before those that come after it. */
  void keep(Consumer<Alert> listener) {
    listeners.add(new Mailbox<>(listener, Runnable::run, CAPACITY));
  }

  /** A listener that may take its time. */
  void listen(Consumer<Alert> listener) {
    listeners.add(new Mailbox<>(listener, listening, CAPACITY));
  }

  /** What waits for the listener is not told any more. */
  void unlisten(Consumer<Alert> listener) {
    for (Mailbox<Alert> mailbox : listeners) {
      if (mailbox.reader().equals(listener)) {
        mailbox.close();
        listeners.remove(mailbox);
        return;
      }
    }
  }

  void send(Alert alert) {
    add(queue, alert);
  }

  private void add(Mailbox<Alert> mailbox, Alert alert) {
    if (!mailbox.add(alert)) {
      dropped.incrementAndGet();
    }
  }

  long dropped() {
    return dropped.get();
  }

  /** Hands what waits to the listeners, within two seconds, when the background has ended. */
  void finish() {
    queue.readRest(System.nanoTime() + CLOSE_NANOS);
    lost(queue.close());
  }

  /** Takes nothing more for the listeners: what waits is lost, counted and logged. */
  void close() {
    lost(listeners.stream().mapToInt(Mailbox::close).sum());
  }

  private void lost(int alerts) {
    if (alerts > 0) {
      dropped.addAndGet(alerts);
      LOGGER.log(Level.WARNING, "{0} alerts are lost: the engine was closed before", alerts);
    }
  }
}
