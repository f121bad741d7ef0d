package dev.tollgate.config;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Repeats a task on one daemon thread until it is closed. Thread-safe. */
final class Polling implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.tollgate");
  private static final int CLOSE_SECONDS = 5;

  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(1, Polling::newThread);

  private Polling() {}

  /**
   * @param period 0 for never: then there is no thread
   */
  static Polling start(Runnable task, Duration period) {
    Polling polling = new Polling();
    if (!period.isZero()) {
      long millis = period.toMillis();
      polling.executor.scheduleWithFixedDelay(
          () -> attempt(task), millis, millis, TimeUnit.MILLISECONDS);
    }
    return polling;
  }

  /** The thread outlives whatever a source of the configuration throws. */
  private static void attempt(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException failure) {
      LOG.log(System.Logger.Level.WARNING, "the configuration could not be read again", failure);
    }
  }

  private static Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "tollgate-reload");
    thread.setDaemon(true);
    return thread;
  }

  /** Ends the thread, and waits until it has ended. Idempotent. */
  @Override
  public void close() {
    executor.shutdownNow();
    try {
      executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
