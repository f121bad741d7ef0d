package dev.tollgate.store.file;

import dev.tollgate.store.ChangeListener;
import dev.tollgate.store.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What has changed and is not written yet, and who waits for it. Thread-safe; one thread takes. A
 * part is here at most once between two of its images, so this is no larger than the store.
 */
final class Changes implements ChangeListener {

  /** How long changes that nobody waits for are gathered. */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /**
   * What to write together.
   *
   * @param group waits for all of it
   */
  record Batch(List<Part> parts, Group group) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private List<Part> parts = new ArrayList<>();
  private Group group = new Group();
  private boolean urgent;
  private boolean closed;
  private boolean ended;

  @Override
  public void changed(Part part) {
    lock.lock();
    try {
      parts.add(part);
      if (parts.size() == 1) {
        moved.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The group that waits for every change that was made so far. */
  Group join(boolean forced) {
    lock.lock();
    try {
      if (forced) {
        group.force();
      }
      if (!urgent) {
        urgent = true;
        moved.signal();
      }
      return group;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes what has changed, as soon as somebody waits for it, and a little later if nobody does.
   *
   * @param patienceNanos how long to wait for a change
   */
  Batch take(long patienceNanos) throws InterruptedException {
    lock.lock();
    try {
      long patience = patienceNanos;
      while (patience > 0 && !urgent && !closed && parts.isEmpty()) {
        patience = moved.awaitNanos(patience);
      }
      long linger = parts.isEmpty() ? 0 : Math.min(LINGER_NANOS, patienceNanos);
      while (linger > 0 && !urgent && !closed) {
        linger = moved.awaitNanos(linger);
      }
      return takeNow();
    } finally {
      lock.unlock();
    }
  }

  private Batch takeNow() {
    Batch batch = new Batch(parts, group);
    parts = new ArrayList<>();
    group = new Group();
    urgent = false;
    if (ended) {
      group.fail("the store is closed");
    }
    return batch;
  }

  /** Waits until it is closed, whatever changes; at most so long. */
  void pause(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && !closed) {
        left = moved.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      moved.signal();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Takes what is left; who joins later has come too late. */
  Batch takeLast() {
    lock.lock();
    try {
      ended = true;
      return takeNow();
    } finally {
      lock.unlock();
    }
  }
}
