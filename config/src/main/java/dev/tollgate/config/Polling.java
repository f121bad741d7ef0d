package dev.tollgate.config;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Repeats a task on one daemon thread until it is closed. Thread-safe. */
final class Polling implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.tollgate");
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(11);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private Polling(String name, Runnable task, Supplier<Duration> pauses) {
    thread = new Thread(() -> repeat(task, pauses), name);
    thread.setDaemon(true);
  }

  /**
   * @param name the thread's
   * @param pauses how long to wait before each time
   */
  static Polling start(String name, Runnable task, Supplier<Duration> pauses) {
    Polling polling = new Polling(name, task, pauses);
    polling.thread.start();
    return polling;
  }

  private void repeat(Runnable task, Supplier<Duration> pauses) {
    try {
      while (!closed.await(pauses.get().toMillis(), TimeUnit.MILLISECONDS)) {
        attempt(task);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The thread outlives whatever somebody else's code, such as a configuration's source, throws.
   */
  private static void attempt(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException failure) {
      LOG.log(System.Logger.Level.WARNING, Thread.currentThread().getName() + " failed", failure);
    }
  }

  /** Ends the thread, and waits until it has ended. Idempotent. */
  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
