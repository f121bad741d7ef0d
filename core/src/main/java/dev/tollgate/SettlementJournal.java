package dev.tollgate;

import dev.tollgate.store.Bound;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.lang.System.Logger.Level;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What the store is to be told once it answers. Each entry can be told again until it is
 * acknowledged, and counts once. In memory: it ends with the process.
 *
 * <p>Bounded by {@link #MAX_ENTRIES} and {@link #MAX_BYTES}; what does not fit is counted.
 * Thread-safe.
 */
final class SettlementJournal {

  static final int MAX_ENTRIES = 50_000;
  static final long MAX_BYTES = 64L << 20;

  /** Told at a time, so that what else is due beside calls does not wait long. */
  private static final int ROUND = 2_000;

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final long POSTING_MICROS = TimeUnit.MINUTES.toMicros(10);

  /** A part of a hold takes about so much memory, and so does what surrounds the parts. */
  private static final int PART_BYTES = 160;

  /** Something that the store does not know yet, or not all of it. */
  private interface Untold extends Telling.Message {
    Hold hold();

    String row();

    default long bytes() {
      return (hold().parts().size() + 2L) * PART_BYTES + 2L * row().length();
    }
  }

  private record Settlement(Hold hold, List<Long> actual, String row, Consumer<Receipt> told)
      implements Untold {
    @Override
    public boolean tell(Store store) throws StoreException {
      told.accept(store.settle(hold, actual, row));
      return true;
    }
  }

  private record Cancellation(Hold hold) implements Untold {
    @Override
    public String row() {
      return "";
    }

    @Override
    public boolean tell(Store store) throws StoreException {
      store.cancel(hold);
      return true;
    }
  }

  /**
   * A call that was let in without the store. A hold of nothing is taken under the call's id, or
   * that which the store holds already if only its answer was lost, and then settled. Once the hold
   * is known it is never asked for again: a repeated settlement finds it gone.
   */
  private static final class Posting implements Untold {
    private final Hold hold;
    private final List<Long> actual;
    private final String row;
    private Optional<Hold> held = Optional.empty();

    Posting(Hold hold, List<Long> actual, String row) {
      this.hold = hold;
      this.actual = List.copyOf(actual);
      this.row = row;
    }

    @Override
    public Hold hold() {
      return hold;
    }

    @Override
    public String row() {
      return row;
    }

    @Override
    public boolean tell(Store store) throws StoreException {
      if (held.isEmpty()) {
        held = store.reserve(request()).admitted();
      }
      if (held.isEmpty()) {
        return false;
      }
      store.settle(held.get(), held.get().parts().stream().map(this::actual).toList(), row);
      return true;
    }

    /** Rolling windows are left out: what was taken of them has flowed back, or soon will have. */
    private Request request() {
      List<Charge> charges =
          hold.parts().stream()
              .filter(part -> part.bound() instanceof Quota)
              .map(part -> Charge.of(part.counter(), boundless((Quota) part.bound()), 0))
              .toList();
      return new Request(hold.account(), hold.id(), charges, POSTING_MICROS, Expiry.RELEASED, "");
    }

    private static Bound boundless(Quota quota) {
      return new Quota(
          quota.calendar(), quota.limit(), Store.MAX_AMOUNT, Store.MAX_AMOUNT, quota.notices());
    }

    /** What belongs to a window that is over changes no limit any more. */
    private long actual(Hold.Part part) {
      if (!(part.bound() instanceof Quota)) {
        return part.amount();
      }
      for (int i = 0; i < actual.size(); i++) {
        Hold.Part mine = hold.parts().get(i);
        if (mine.counter().equals(part.counter()) && mine.markMicros() == part.markMicros()) {
          return actual.get(i);
        }
      }
      return 0;
    }
  }

  private final Map<String, Untold> entries = new LinkedHashMap<>();
  private long bytes;
  private long lost;

  /**
   * A settlement of a hold that the store keeps.
   *
   * @param told hears the store's answer
   */
  void settle(Hold hold, List<Long> actual, String row, Consumer<Receipt> told) {
    add(new Settlement(hold, actual, row, told));
  }

  /** A hold that the store keeps, or keeps perhaps, and that is to be given back. */
  void cancel(Hold hold) {
    add(new Cancellation(hold));
  }

  /** What a call has used that was let in without the store. */
  void post(Hold hold, List<Long> actual, String row) {
    add(new Posting(hold, actual, row));
  }

  private synchronized void add(Untold entry) {
    if (entries.size() >= MAX_ENTRIES || bytes + entry.bytes() > MAX_BYTES) {
      if (++lost == 1) {
        LOGGER.log(Level.WARNING, "the journal is full: settlements are lost until it has room");
      }
      return;
    }
    Untold before = entries.put(entry.hold().id(), entry);
    bytes += entry.bytes() - (before == null ? 0 : before.bytes());
  }

  /** Takes back what is still to be told of a call, if anything is. */
  synchronized void remove(String id) {
    Untold found = entries.remove(id);
    bytes -= found == null ? 0 : found.bytes();
  }

  private synchronized Optional<Untold> takeFirst() {
    Iterator<Untold> all = entries.values().iterator();
    if (!all.hasNext()) {
      return Optional.empty();
    }
    Untold first = all.next();
    all.remove();
    bytes -= first.bytes();
    return Optional.of(first);
  }

  /**
   * Tells a part of what is waiting, the oldest first. What is not taken is told again later.
   *
   * @param isOver whether to stop, with the rest untold
   */
  void replay(Telling telling, BooleanSupplier isOver) {
    int due = Math.min(size(), ROUND);
    for (int told = 0; told < due && !isOver.getAsBoolean(); told++) {
      takeFirst().ifPresent(next -> tell(next, telling));
    }
  }

  private void tell(Untold entry, Telling telling) {
    boolean told = false;
    try {
      told = telling.tell(entry.hold().account(), entry);
    } finally {
      if (!told) {
        add(entry);
      }
    }
  }

  synchronized int size() {
    return entries.size();
  }

  boolean isEmpty() {
    return size() == 0;
  }

  /** Entries that found the journal full; the holds that they belong to expire. */
  synchronized long lost() {
    return lost;
  }
}
