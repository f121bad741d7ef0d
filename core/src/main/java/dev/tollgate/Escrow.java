package dev.tollgate;

import dev.tollgate.store.Calendar;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Store;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * The money of one window of a budget that this process has leased from the store, and may spend
 * without asking again. A lease is money that the store holds: closing it posts a part of it and
 * gives the rest back.
 *
 * <p>At any time {@code leased = free + taken + unposted}: what no call has taken, what open calls
 * have taken, and what settled calls have spent and no closed lease has posted. Whatever is taken
 * or spent, a lease is closed by taking what it gives back out of {@code free} first; so money is
 * never both given back and spent, and what the store has posted and holds is never less than what
 * was spent. {@code unposted} is negative when a lease had to be closed while calls still held its
 * money: that was posted ahead. {@code free} is negative when a call cost more than it took: the
 * next lease pays that first.
 *
 * <p>Thread-safe. Taking and settling are atomic additions, and never wait.
 */
final class Escrow {

  /** Before the first lease: a window that is over. */
  static Escrow none() {
    return new Escrow(new Calendar.Span(Long.MIN_VALUE, Long.MIN_VALUE));
  }

  /**
   * A lease that is to be settled.
   *
   * @param posted what it is settled with, in nano-USD
   */
  record Closing(Hold lease, long posted) {}

  private final Calendar.Span window;
  private final AtomicLong free = new AtomicLong();
  private final AtomicLong unposted = new AtomicLong();

  /** Open leases, the oldest first; guarded by its own monitor. */
  private final Deque<Hold> leases = new ArrayDeque<>();

  Escrow(Calendar.Span window) {
    this.window = window;
  }

  Calendar.Span window() {
    return window;
  }

  /** Takes an amount if so much is free; nothing can always be taken. */
  boolean take(long amount) {
    return take(amount, 0);
  }

  /** Adds a lease, and takes an amount before anybody else can. */
  boolean addAndTake(Hold lease, long amount) {
    synchronized (leases) {
      leases.addLast(lease);
    }
    if (take(amount, amount(lease))) {
      return true;
    }
    free.addAndGet(amount(lease));
    return false;
  }

  private boolean take(long amount, long added) {
    while (true) {
      long now = free.get();
      if (amount > 0 && now + added < amount) {
        return false;
      }
      if (free.compareAndSet(now, now + added - amount)) {
        return true;
      }
    }
  }

  /** Replaces what a call has taken by what it has cost. */
  void settle(long taken, long cost) {
    unposted.addAndGet(cost);
    free.addAndGet(taken - cost);
  }

  /** Replaces what a call has taken by another amount. */
  void change(long taken, long amount) {
    free.addAndGet(taken - amount);
  }

  long free() {
    return free.get();
  }

  long unposted() {
    return unposted.get();
  }

  long leased() {
    synchronized (leases) {
      return leases.stream().mapToLong(Escrow::amount).sum();
    }
  }

  int leases() {
    synchronized (leases) {
      return leases.size();
    }
  }

  /** Closes a lease whose money is spent. */
  Optional<Closing> closeSpent() {
    return close(lease -> amount(lease) <= unposted.get(), 0);
  }

  /** Closes a lease whose money no open call has taken, while more than {@code keep} is free. */
  Optional<Closing> closeUnused(long keep) {
    return close(lease -> free.get() > keep && isUntaken(lease), Long.MAX_VALUE);
  }

  /** Closes a lease whose deadline is not after a time, whoever holds its money. */
  Optional<Closing> closeDue(long micros) {
    return close(lease -> lease.deadlineMicros() <= micros, Long.MAX_VALUE);
  }

  /** The size of a lease that {@link #closeDue} would close while calls still hold its money. */
  Optional<Long> dueButTaken(long micros) {
    synchronized (leases) {
      return leases.stream()
          .filter(lease -> lease.deadlineMicros() <= micros && !isUntaken(lease))
          .map(Escrow::amount)
          .findFirst();
    }
  }

  private boolean isUntaken(Hold lease) {
    return amount(lease) <= free.get() + Math.max(0, unposted.get());
  }

  private Optional<Closing> close(Predicate<Hold> which, long mostBack) {
    synchronized (leases) {
      Optional<Hold> found = leases.stream().filter(which).findFirst();
      found.ifPresent(leases::remove);
      return found.map(lease -> close(lease, Math.min(mostBack, amount(lease))));
    }
  }

  private Closing close(Hold lease, long mostBack) {
    long back = takeBack(mostBack);
    long posted = Math.min(Store.MAX_AMOUNT, amount(lease) - back);
    unposted.addAndGet(-posted);
    return new Closing(lease, posted);
  }

  /** At most what is free; less than nothing when there is debt. */
  private long takeBack(long most) {
    while (true) {
      long now = free.get();
      long back = Math.min(now, most);
      if (free.compareAndSet(now, now - back)) {
        return back;
      }
    }
  }

  static long amount(Hold lease) {
    return lease.parts().get(0).amount();
  }
}
