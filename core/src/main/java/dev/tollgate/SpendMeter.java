package dev.tollgate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;

/**
 * What this process spends in one scope, by minute, and whether that scope is halted. Thread-safe:
 * adding takes no lock and allocates nothing but when a minute begins.
 */
final class SpendMeter {

  /** How many minutes can still be added to by a thread that began to add when they were young. */
  private static final int KEPT = 3;

  /** Takes what a minute has had since it was taken from last. */
  interface Taker {
    void take(long minute, MinuteSpend spend);
  }

  /**
   * What is known of the scope.
   *
   * @param resumesMicros when halted calls may come again, at the earliest, in the store's time
   */
  record Verdict(BreakerState state, long resumesMicros) {
    static final Verdict CLOSED = new Verdict(BreakerState.CLOSED, 0);
  }

  private static final class Slice {
    private final long minute;
    private final LongAdder settled = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private MinuteSpend taken = MinuteSpend.NONE;

    Slice(long minute) {
      this.minute = minute;
    }
  }

  private final SpendScope scope;
  private final Deque<Slice> slices = new ArrayDeque<>();
  private volatile Slice current = new Slice(Long.MIN_VALUE);
  private volatile Verdict verdict = Verdict.CLOSED;

  SpendMeter(SpendScope scope) {
    this.scope = scope;
  }

  SpendScope scope() {
    return scope;
  }

  Verdict verdict() {
    return verdict;
  }

  void know(Verdict verdict) {
    this.verdict = verdict;
  }

  /** Adds what a call cost: nano-USD, 0 or more. */
  void settled(long minute, long cost) {
    slice(minute).settled.add(cost);
  }

  /** Adds what a call that is halted would likely have cost: nano-USD, 0 or more. */
  void refused(long minute, long cost) {
    slice(minute).refused.add(cost);
  }

  private Slice slice(long minute) {
    Slice young = current;
    return young.minute >= minute ? young : begin(minute);
  }

  private synchronized Slice begin(long minute) {
    if (current.minute < minute) {
      current = new Slice(minute);
      slices.addLast(current);
    }
    return current;
  }

  /** Hands over what was not taken yet. */
  synchronized void take(Taker taker) {
    for (Slice slice : slices) {
      MinuteSpend sum = new MinuteSpend(slice.settled.sum(), slice.refused.sum());
      if (!sum.equals(slice.taken)) {
        taker.take(slice.minute, sum.minus(slice.taken));
        slice.taken = sum;
      }
    }
    while (slices.size() > KEPT) {
      slices.removeFirst();
    }
  }
}
