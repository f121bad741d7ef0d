package dev.tollgate;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Delivers alerts to sinks, off the path of calls and of the engine's background. Each sink has a
 * bounded queue and its turn on a thread of its own, so that one that is dead keeps nothing from
 * the others.
 *
 * <p>Thread-safe. It owns at most as many daemon threads as sinks, which start with the first
 * alerts and end with {@link #close}.
 */
public final class AlertDelivery implements Consumer<Alert>, AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final long DRAIN_MILLIS = 2000;
  private static final long CLOSE_MILLIS = 5000;

  private final ScheduledExecutorService executor;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final List<Outbox> outboxes;

  /**
   * @param sinks are closed with the delivery
   * @param random spreads the pauses between retries
   */
  public AlertDelivery(List<AlertSink> sinks, RandomGenerator random) {
    executor = new ScheduledThreadPoolExecutor(Math.max(1, sinks.size()), AlertDelivery::newThread);
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
   * Delivers what waits for sinks that take it, within two seconds, and ends the threads. What is
   * left is lost, counted and logged. Idempotent.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    drain();
    outboxes.forEach(Outbox::closeSink);
    executor.shutdownNow();
    try {
      executor.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    outboxes.forEach(Outbox::abandon);
  }

  private void drain() {
    CompletableFuture<?>[] drained =
        outboxes.stream().map(Outbox::drain).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(drained).get(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException unfinished) {
      LOGGER.log(Level.WARNING, "sinks of alerts are too slow to take the last ones");
    }
  }
}
