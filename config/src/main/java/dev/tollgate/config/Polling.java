package dev.tollgate.config;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Repeats a task on one daemon thread until it is closed. Thread-safe. */
final class Polling implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.tollgate");
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private Polling(Runnable task, Duration period) {
    thread = new Thread(() -> repeat(task, period), "tollgate-reload");
    thread.setDaemon(true);
  }

  /**
   * @param period 0 for never: then no thread is started
   */
  static Polling start(Runnable task, Duration period) {
    Polling polling = new Polling(task, period);
    if (!period.isZero()) {
      polling.thread.start();
    }
    return polling;
  }

  private void repeat(Runnable task, Duration period) {
    try {
      while (!closed.await(period.toMillis(), TimeUnit.MILLISECONDS)) {
        attempt(task);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** The thread outlives whatever a source of the configuration throws. */
  private static void attempt(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException failure) {
      LOG.log(System.Logger.Level.WARNING, "the configuration could not be read again", failure);
    }
  }

  /** Ends the thread, and waits until it has ended. Idempotent. */
  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
