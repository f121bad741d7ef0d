package dev.tollgate;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * What waits for one reader: told in order, one at a time, and never on the thread that adds it
 * unless the executor does so. Bounded. Thread-safe.
 */
final class Mailbox<T> {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");

  private final Consumer<T> reader;
  private final Executor executor;
  private final int capacity;

  /** Guarded by this mailbox, as are the flags. */
  private final Queue<T> waiting = new ArrayDeque<>();

  private boolean isRead;
  private boolean isClosed;

  /**
   * @param reader its failures are logged
   * @param capacity 1 or more
   */
  Mailbox(Consumer<T> reader, Executor executor, int capacity) {
    this.reader = reader;
    this.executor = executor;
    this.capacity = capacity;
  }

  Consumer<T> reader() {
    return reader;
  }

  /**
   * Adds what is to be told.
   *
   * @return false when it will never be told, since the mailbox is full or closed
   */
  boolean add(T letter) {
    synchronized (this) {
      if (isClosed || waiting.size() >= capacity) {
        return false;
      }
      waiting.add(letter);
      if (isRead) {
        return true;
      }
      isRead = true;
    }
    try {
      executor.execute(this::read);
    } catch (RejectedExecutionException ended) {
      // it waits for whoever reads the rest
      endReading();
    }
    return true;
  }

  private void read() {
    boolean isDone = false;
    try {
      for (Optional<T> next = next(); next.isPresent(); next = next()) {
        tell(next.get());
      }
      isDone = true;
    } finally {
      if (!isDone) {
        // by an error: the next letter finds another reader
        endReading();
      }
    }
  }

  private synchronized void endReading() {
    isRead = false;
  }

  /**
   * Tells what waits on this thread, when the executor has ended.
   *
   * @param endNanos the {@link System#nanoTime} after which nothing more is told
   */
  void readRest(long endNanos) {
    while (System.nanoTime() - endNanos < 0) {
      Optional<T> next = next();
      if (next.isEmpty()) {
        return;
      }
      tell(next.get());
    }
  }

  private synchronized Optional<T> next() {
    Optional<T> next = Optional.ofNullable(waiting.poll());
    if (next.isEmpty()) {
      isRead = false;
    }
    return next;
  }

  private void tell(T letter) {
    try {
      reader.accept(letter);
    } catch (RuntimeException broken) {
      // a reader is somebody else's code: it must not keep the next one from being told
      LOGGER.log(Level.WARNING, "a listener failed on " + letter, broken);
    }
  }

  /**
   * Takes nothing more.
   *
   * @return how many were waiting and will never be told
   */
  synchronized int close() {
    isClosed = true;
    int lost = waiting.size();
    waiting.clear();
    return lost;
  }
}
