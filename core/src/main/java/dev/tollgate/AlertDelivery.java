package dev.tollgate;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Delivers alerts to sinks, off the path of calls and of the engine's background: each sink has a
 * bounded queue of its own, so that one that is dead keeps nothing from the others for longer than
 * one of its timeouts.
 *
 * <p>Thread-safe. It owns one daemon thread, which starts with the first alert and ends with {@link
 * #close}.
 */
public final class AlertDelivery implements Consumer<Alert>, AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final long FLUSH_MILLIS = 2000;
  private static final long CLOSE_MILLIS = 5000;

  private final ScheduledExecutorService executor =
      new ScheduledThreadPoolExecutor(1, AlertDelivery::newThread);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final List<Outbox> outboxes;

  /**
   * @param sinks are closed with the delivery
   * @param random spreads the pauses between retries
   */
  public AlertDelivery(List<AlertSink> sinks, RandomGenerator random) {
    outboxes = sinks.stream().map(sink -> new Outbox(sink, this::schedule, random)).toList();
  }

  private static Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "tollgate-alerts");
    thread.setDaemon(true);
    return thread;
  }

  private void schedule(Runnable task, Duration pause) {
    var unused = executor.schedule(task, pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Hands an alert to every sink's queue. Does not wait. */
  @Override
  public void accept(Alert alert) {
    outboxes.forEach(outbox -> outbox.add(alert));
  }

  /** How each sink does. */
  public List<SinkState> states() {
    return outboxes.stream().map(Outbox::state).toList();
  }

  /**
   * Delivers what waits for sinks that take it, within two seconds, and ends the thread. What is
   * left is lost, counted and logged. Idempotent.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    flush();
    outboxes.forEach(Outbox::closeSink);
    executor.shutdownNow();
    try {
      executor.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    outboxes.forEach(Outbox::abandon);
  }

  private void flush() {
    if (outboxes.stream().allMatch(Outbox::isEmpty)) {
      return;
    }
    try {
      executor
          .submit(() -> outboxes.forEach(Outbox::flush))
          .get(FLUSH_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException unfinished) {
      LOGGER.log(Level.WARNING, "sinks of alerts are too slow to take the last ones");
    } catch (ExecutionException broken) {
      LOGGER.log(Level.WARNING, "the last alerts were not delivered", broken);
    }
  }
}
