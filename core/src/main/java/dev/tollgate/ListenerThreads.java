package dev.tollgate;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs what an application's listeners do, so that one that hangs keeps neither the engine nor
 * another listener waiting. Thread-safe.
 *
 * <p>Owns a daemon thread for each task that runs, and for some seconds after it: as many as there
 * are mailboxes at most, each of which has one task at a time.
 */
final class ListenerThreads implements Executor, AutoCloseable {

  private static final long IDLE_SECONDS = 5;
  private static final long INTERRUPTED_MILLIS = 2000;

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          this::newThread);

  private Thread newThread(Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } finally {
                threads.remove(Thread.currentThread());
              }
            },
            "tollgate-listener");
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  /**
   * {@inheritDoc}
   *
   * @throws java.util.concurrent.RejectedExecutionException when it is closed
   */
  @Override
  public void execute(Runnable task) {
    pool.execute(task);
  }

  /**
   * Takes nothing more, and waits for what runs.
   *
   * @param millis how long at most
   */
  void finish(long millis) {
    pool.shutdown();
    try {
      pool.awaitTermination(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Interrupts what runs and ends the threads, but for one that does not heed it. Idempotent. */
  @Override
  public void close() {
    pool.shutdownNow();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(INTERRUPTED_MILLIS);
    try {
      for (Thread thread : List.copyOf(threads)) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (thread != Thread.currentThread()) {
          thread.join(Math.max(1, left));
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
