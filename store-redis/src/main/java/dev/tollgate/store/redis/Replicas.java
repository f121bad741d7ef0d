package dev.tollgate.store.redis;

import java.util.function.LongSupplier;

/**
 * Whether others know what a server writes. One whose replicas have all fallen silent may be cut
 * off, and have had a successor: for {@link #MAX_SILENCE_NANOS} nothing that it writes is counted
 * on. One that is not known to have had replicas has no successor. Thread-safe.
 */
final class Replicas {

  /** Longer than it takes to replace a server that is cut off. */
  static final long MAX_SILENCE_NANOS = 60_000_000_000L;

  /** Replicas that are silent, or are not there, are asked for so often at most. */
  static final long PAUSE_NANOS = 1_000_000_000L;

  private final LongSupplier nanoTime;
  private boolean areKnown;
  private boolean areSilent;
  private long heardAtNanos;
  private long lookedAtNanos;
  private long missedAtNanos;

  /** Those of a server that is looked at now. */
  Replicas(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    lookedAtNanos = nanoTime.getAsLong();
  }

  /** Whether none is known, and the server is to be asked for some now. */
  synchronized boolean areToBeLookedFor() {
    long now = nanoTime.getAsLong();
    if (areKnown || now - lookedAtNanos < PAUSE_NANOS) {
      return false;
    }
    lookedAtNanos = now;
    return true;
  }

  /** Whether to wait for one now: some are known, and have not just been silent. */
  synchronized boolean areAwaited() {
    return areKnown && (!areSilent || nanoTime.getAsLong() - missedAtNanos >= PAUSE_NANOS);
  }

  /** Whether what the server writes counts without them. */
  synchronized boolean areGone() {
    return !areKnown || nanoTime.getAsLong() - heardAtNanos > MAX_SILENCE_NANOS;
  }

  /** The server says that it has some: they are expected to be heard of from now on. */
  synchronized void expect() {
    if (!areKnown) {
      areKnown = true;
      heardAtNanos = nanoTime.getAsLong();
    }
  }

  /**
   * Takes note of what the server said of what it has just written, after they were waited for.
   *
   * @param count how many replicas have it
   * @return whether it can be counted on
   */
  synchronized boolean keep(long count) {
    areSilent = count == 0;
    if (areSilent) {
      missedAtNanos = nanoTime.getAsLong();
      return areGone();
    }
    areKnown = true;
    heardAtNanos = nanoTime.getAsLong();
    return true;
  }
}
