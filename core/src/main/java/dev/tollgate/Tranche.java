package dev.tollgate;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The part of a provider's budget that calls of one kind may spend, as this process leases it: what
 * all calls may spend, or that with the essential reserve.
 *
 * <p>Thread-safe. A call that finds too little free leases by itself. One call leases at a time;
 * the others wait for it, at most {@link #PATIENCE_MILLIS}, and are refused without asking for
 * {@link #RECALL_MICROS} after a refusal.
 */
final class Tranche {

  /** How long the store holds a lease. One that a killed process had is charged whole then. */
  static final long LEASE_MICROS = TimeUnit.MINUTES.toMicros(15);

  /** Leases are closed or renewed so long before their deadline. */
  static final long RENEWAL_MICROS = TimeUnit.MINUTES.toMicros(5);

  /** A process that spent nothing for so long gives its money back. */
  static final long IDLE_MICROS = TimeUnit.SECONDS.toMicros(30);

  static final long RECALL_MICROS = TimeUnit.MILLISECONDS.toMicros(250);
  private static final long PATIENCE_MILLIS = 1000;

  /** Others may take what is free while a call leases what it misses: it asks again so often. */
  private static final int TRIES = 3;

  /** With more leases than this, one that is spent is closed for each that is taken. */
  private static final int MANY_LEASES = 64;

  /** The slice is at most this part of what nobody has leased. */
  private static final long PARTS_OF_ROOM = 4;

  /**
   * What the store refused.
   *
   * @param missing nano-USD that it would not lease
   * @param unspent nano-USD that nobody is known to have spent: leased by others for the most part
   * @param untilMicros how long this is remembered
   */
  private record Shortage(long missing, long unspent, long untilMicros) {
    static final Shortage NONE = new Shortage(Long.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE);
  }

  /** A question for a lease. */
  private record Question(String id, long amount) {}

  private final String account;
  private final String counter;
  private final StoreGuard guard;
  private final ReservationIds ids;
  private final StoreTime time;
  private final LongSupplier unposted;
  private final Consumer<Receipt> receipts;
  private final ReentrantLock leasing = new ReentrantLock();
  private final List<Escrow> past = new CopyOnWriteArrayList<>();
  private volatile Escrow current = Escrow.none();
  private volatile Shortage shortage = Shortage.NONE;
  private volatile Quota quota;
  private volatile long slice;
  private volatile boolean used;
  private volatile boolean returning;
  private volatile boolean retired;
  private volatile long room = Store.MAX_AMOUNT;
  private long usedAtMicros;

  /** Its outcome is unknown: it is asked again, with its id, before any other one. */
  private @Nullable Question unanswered;

  /**
   * @param unposted nano-USD that this process has spent of the budget and not posted yet
   * @param receipts is told every answer of the store
   */
  Tranche(
      String account,
      String counter,
      Quota quota,
      long slice,
      StoreGuard guard,
      ReservationIds ids,
      StoreTime time,
      LongSupplier unposted,
      Consumer<Receipt> receipts) {
    this.account = account;
    this.counter = counter;
    this.quota = quota;
    this.slice = slice;
    this.guard = guard;
    this.ids = ids;
    this.time = time;
    this.unposted = unposted;
    this.receipts = receipts;
  }

  /** Goes by another limit from now on; what is leased by the old one and free is given back. */
  void change(Quota quota, long slice) {
    this.quota = quota;
    this.slice = slice;
    room = Store.MAX_AMOUNT;
    shortage = Shortage.NONE;
    returning = true;
  }

  /** Takes an amount of nano-USD of what is leased, or of another lease; empty if none is left. */
  Optional<Escrow> take(long amount) {
    Escrow escrow = current;
    if (amount == 0) {
      return Optional.of(escrow);
    }
    if (!used) {
      used = true;
    }
    return isOpen(escrow) && escrow.take(amount) ? Optional.of(escrow) : lease(amount);
  }

  /**
   * Whether {@link #take} would find so much now.
   *
   * @throws StoreException when the store does not answer
   */
  boolean has(long amount) throws StoreException {
    long missing = missing(amount);
    return missing <= 0
        || missing <= quota.hard()
            && guard.readInStore(account, charges(missing)).outcome() != Outcome.REFUSED;
  }

  /** Nano-USD that nobody was known to have spent when a lease was refused last. */
  long unspent() {
    return shortage.unspent;
  }

  Escrow current() {
    return current;
  }

  Quota quota() {
    return quota;
  }

  private boolean isOpen(Escrow escrow) {
    return time.micros() < escrow.window().endMicros();
  }

  private long missing(long amount) {
    Escrow escrow = current;
    return isOpen(escrow) ? amount - escrow.free() : amount;
  }

  private boolean isKnownShort(long amount) {
    Shortage known = shortage;
    return known.missing <= missing(amount) && time.micros() < known.untilMicros;
  }

  private Optional<Escrow> lease(long amount) {
    if (isKnownShort(amount)) {
      return Optional.empty();
    }
    try {
      if (!leasing.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        return Optional.empty();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    try {
      return !isKnownShort(amount) && ask(amount) ? Optional.of(current) : Optional.empty();
    } catch (StoreException noAnswer) {
      // however little is missing, it cannot be leased now
      remember(1, Long.MAX_VALUE);
      return Optional.empty();
    } finally {
      leasing.unlock();
    }
  }

  private boolean ask(long amount) throws StoreException {
    resolve();
    if (current.leases() >= MANY_LEASES) {
      current.closeSpent().ifPresent(this::post);
    }
    for (int i = 0; i < TRIES && !isKnownShort(amount); i++) {
      if (isOpen(current) && current.take(amount)) {
        return true;
      }
      long missing = Math.max(1, missing(amount));
      if (missing > quota.hard()) {
        remember(missing, quota.hard());
        return false;
      }
      long whole = Math.max(missing, portion());
      if (request(whole, amount) || (whole > missing && request(missing, amount))) {
        return true;
      }
    }
    return false;
  }

  /** What to lease at a time: less near the limit, so that little is left over at the end. */
  private long portion() {
    return Math.max(1, Math.min(Math.min(slice, room / PARTS_OF_ROOM), quota.hard()));
  }

  /** Leases what an earlier question, without an answer by then, turns out to have leased. */
  private void resolve() throws StoreException {
    if (unanswered != null) {
      adopt(put(unanswered), 0);
    }
  }

  /** Leases, and takes an amount of it. */
  private boolean request(long lease, long amount) throws StoreException {
    resolve();
    Receipt receipt = put(new Question(ids.next(), lease));
    if (receipt.outcome() == Outcome.REFUSED && lease <= missing(amount)) {
      long spent = receipt.balances().get(0).posted() + unposted.getAsLong();
      remember(lease, quota.hard() - spent);
    }
    return adopt(receipt, amount);
  }

  private Receipt put(Question question) throws StoreException {
    unanswered = question;
    Request request =
        new Request(
            account, question.id(), charges(question.amount()), LEASE_MICROS, Expiry.CHARGED, "");
    Receipt receipt = guard.reserveInStore(request);
    unanswered = null;
    return receipt;
  }

  private void remember(long missing, long unspent) {
    shortage = new Shortage(missing, unspent, time.micros() + RECALL_MICROS);
  }

  private List<Charge> charges(long amount) {
    return List.of(Charge.of(counter, quota, amount));
  }

  private boolean adopt(Receipt receipt, long amount) {
    Balance balance = receipt.balances().get(0);
    time.heard(receipt.atMicros());
    room = Math.max(0, quota.hard() - balance.posted() - balance.held());
    receipts.accept(receipt);
    if (receipt.admitted().isEmpty()) {
      return false;
    }
    shortage = Shortage.NONE;
    Hold lease = receipt.admitted().get();
    Escrow escrow = escrow(lease.parts().get(0).markMicros(), balance);
    boolean isCurrent = escrow == current;
    return escrow.addAndTake(lease, isCurrent ? amount : 0) && isCurrent;
  }

  /** The escrow of a window, which may be the current one, a new one, or one that has ended. */
  private Escrow escrow(long startMicros, Balance balance) {
    if (current.window().startMicros() == startMicros) {
      return current;
    }
    if (startMicros == balance.startMicros()) {
      past.add(current);
      current = new Escrow(new Calendar.Span(startMicros, balance.endMicros()));
      return current;
    }
    Escrow ended = new Escrow(new Calendar.Span(startMicros, balance.startMicros()));
    past.add(ended);
    return ended;
  }

  /** Posts what is spent, gives back what is not needed, and leases ahead of the calls. */
  void tend() {
    long now = time.micros();
    boolean traffic = used;
    used = false;
    if (traffic) {
      usedAtMicros = now;
    }
    boolean idle = now - usedAtMicros > IDLE_MICROS || returning || retired || !isOpen(current);
    returning = false;
    past.forEach(escrow -> close(escrow, 0));
    past.removeIf(escrow -> escrow.leases() == 0);
    close(current, idle ? 0 : portion());
    if (leasing.tryLock()) {
      try {
        resolve();
        if (traffic && !idle && current.free() < portion() / 2) {
          refill();
        }
      } catch (StoreException noAnswer) {
        return; // it is asked again, by its id
      } finally {
        leasing.unlock();
      }
    }
  }

  private void refill() throws StoreException {
    long lease = portion() - current.free();
    if (lease > 0 && lease <= quota.hard() && !isKnownShort(portion())) {
      request(lease, 0);
    }
  }

  /** While the store does not answer, leases are kept: their money may still be spent. */
  private void close(Escrow escrow, long keep) {
    if (guard.isDegraded(account)) {
      return;
    }
    long due = time.micros() + RENEWAL_MICROS;
    if (isOpen(escrow)) {
      escrow.dueButTaken(due).ifPresent(this::renew);
    }
    post(escrow::closeSpent);
    post(() -> escrow.closeUnused(keep));
    post(() -> escrow.closeDue(due));
  }

  /** Leases once more what calls still hold of a lease that is due, so that it can be closed. */
  private void renew(long amount) {
    if (leasing.tryLock()) {
      try {
        request(amount, 0);
      } catch (StoreException noAnswer) {
        return; // it is asked again, by its id
      } finally {
        leasing.unlock();
      }
    }
  }

  /** Gives everything back that no call holds, and posts the rest. */
  void close() {
    past.add(current);
    for (Escrow escrow : past) {
      post(escrow::closeSpent);
      post(() -> escrow.closeDue(Store.NEVER));
    }
    if (leasing.tryLock()) {
      try {
        if (unanswered != null) {
          put(unanswered).admitted().ifPresent(lease -> guard.settleInStore(lease, 0, receipts));
        }
      } catch (StoreException noAnswer) {
        // the lease, if there is one, is charged at its deadline
        shortage = Shortage.NONE;
      } finally {
        leasing.unlock();
      }
    }
  }

  /** Leases nothing any more ahead of calls, and gives back what they do not need. */
  void retire() {
    retired = true;
  }

  boolean isClosed() {
    return current.leases() == 0 && past.isEmpty();
  }

  private void post(Supplier<Optional<Escrow.Closing>> next) {
    Optional<Escrow.Closing> closing = next.get();
    while (closing.isPresent()) {
      post(closing.get());
      closing = next.get();
    }
  }

  private void post(Escrow.Closing closing) {
    guard.settleInStore(closing.lease(), closing.posted(), receipts);
  }
}
