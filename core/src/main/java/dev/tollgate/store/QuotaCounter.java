package dev.tollgate.store;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The state of a quota: the current window, and the one before it, for settlements that come after
 * its end. Guarded by its account.
 */
final class QuotaCounter {

  private static final class Totals {
    long startMicros = Long.MIN_VALUE;
    long posted;
    long held;

    /** The most that what is held may turn out to be. */
    long exposure;

    void write(DataOutput out) throws IOException {
      out.writeLong(startMicros);
      out.writeLong(posted);
      out.writeLong(held);
      out.writeLong(exposure);
    }

    static Totals read(DataInput in) throws IOException {
      Totals totals = new Totals();
      totals.startMicros = in.readLong();
      totals.posted = in.readLong();
      totals.held = in.readLong();
      totals.exposure = in.readLong();
      return totals;
    }
  }

  private Totals current = new Totals();
  private Totals previous = new Totals();
  private Calendar.Span window = new Calendar.Span(Long.MIN_VALUE, Long.MIN_VALUE);
  private int rung;

  void write(DataOutput out) throws IOException {
    current.write(out);
    previous.write(out);
    out.writeLong(window.startMicros());
    out.writeLong(window.endMicros());
    out.writeInt(rung);
  }

  static QuotaCounter read(DataInput in) throws IOException {
    QuotaCounter counter = new QuotaCounter();
    counter.current = Totals.read(in);
    counter.previous = Totals.read(in);
    counter.window = new Calendar.Span(in.readLong(), in.readLong());
    counter.rung = in.readInt();
    return counter;
  }

  /** Starts a new window if the current one has ended; a clock that goes back does not. */
  void rollTo(Calendar.Span now) {
    if (now.startMicros() > current.startMicros) {
      previous = current;
      current = new Totals();
      current.startMicros = now.startMicros();
      rung = 0;
    }
    if (now.startMicros() == current.startMicros) {
      window = now;
    }
  }

  boolean passesSoft(Quota quota, long amount) {
    return current.posted + current.held + amount > quota.soft();
  }

  boolean passesHard(Quota quota, long most) {
    return current.posted + current.exposure + most > quota.hard();
  }

  void post(long amount) {
    current.posted = capped(current.posted + amount);
  }

  void hold(long amount, long most) {
    current.held += amount;
    current.exposure += most;
  }

  /** Holds a part in its window, which may be the one before, and may not have been charged yet. */
  void holdAgain(Hold.Part part) {
    long start = part.markMicros();
    if (start > previous.startMicros && start < current.startMicros) {
      previous = new Totals();
      previous.startMicros = start;
    }
    Totals totals = totals(start);
    totals.held += part.amount();
    totals.exposure += part.worst();
  }

  /** Ends what a part holds of its window. */
  void release(Hold.Part part) {
    Totals totals = totals(part.markMicros());
    totals.held = Math.max(0, totals.held - part.amount());
    totals.exposure = Math.max(totals.held, totals.exposure - part.worst());
  }

  /** Posts more, or less, in the window that began at {@code startMicros}. */
  void post(long startMicros, long difference) {
    Totals totals = totals(startMicros);
    totals.posted = Math.max(0, capped(totals.posted + difference));
  }

  /** Those of a window; what is done to those of one that is forgotten has no effect. */
  private Totals totals(long startMicros) {
    return startMicros == current.startMicros
        ? current
        : startMicros == previous.startMicros ? previous : new Totals();
  }

  /** Climbs to the notices that {@code amount} has reached. */
  void climb(Quota quota, long amount) {
    rung = Math.max(rung, quota.rung(amount));
  }

  void reset() {
    current.posted = 0;
    previous.posted = 0;
    rung = 0;
  }

  private static long capped(long amount) {
    return Math.min(amount, Store.MAX_AMOUNT);
  }

  long startMicros() {
    return current.startMicros;
  }

  long posted() {
    return current.posted;
  }

  long held() {
    return current.held;
  }

  long exposure() {
    return current.exposure;
  }

  int rung() {
    return rung;
  }

  Calendar.Span window() {
    return window;
  }

  boolean isIdle(long now) {
    return window.endMicros() <= now || current.posted + current.exposure == 0;
  }
}
