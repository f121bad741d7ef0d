package dev.tollgate.store.file;

import dev.tollgate.store.StoreException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The operations that wait for the same write. Thread-safe. */
final class Group {

  private final CountDownLatch done = new CountDownLatch(1);
  private volatile Optional<String> failure = Optional.empty();
  private volatile boolean forced;

  /** It is not done before all of it is on the disk, whatever becomes of the machine's power. */
  void force() {
    forced = true;
  }

  boolean isForced() {
    return forced;
  }

  void succeed() {
    done.countDown();
  }

  void fail(String reason) {
    failure = Optional.of(reason);
    done.countDown();
  }

  /**
   * Waits, also on an interrupted thread: what it has changed is changed already.
   *
   * @throws StoreException when the write failed, or took longer than {@code millis}
   */
  void await(long millis) throws StoreException {
    boolean interrupted = false;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    boolean isDone = false;
    while (!isDone && System.nanoTime() < end) {
      try {
        isDone = done.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!isDone) {
      throw new StoreException("the disk has not answered for " + millis + " ms");
    }
    if (failure.isPresent()) {
      throw new StoreException(failure.get());
    }
  }
}
