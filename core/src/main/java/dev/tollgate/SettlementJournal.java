package dev.tollgate;

import dev.tollgate.store.Bound;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.Store.Settlement;
import dev.tollgate.store.StoreException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

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
  private static final int ROUND = 8_000;

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final long POSTING_MICROS = TimeUnit.MINUTES.toMicros(10);

  /** A part of a hold takes about so much memory, and so does what surrounds the parts. */
  private static final int PART_BYTES = 160;

  /** Something that the store does not know yet, or not all of it. */
  private interface Untold {
    Hold hold();

    String row();

    /** What has to be held before it can be settled, if anything has. */
    default Optional<Request> request() {
      return Optional.empty();
    }

    default void held(Optional<Hold> hold) {}

    /** How it is settled; empty when it is not, or not yet. */
    default Optional<Settlement> settlement() {
      return Optional.empty();
    }

    default void settled(Receipt receipt) {}

    default long bytes() {
      return (hold().parts().size() + 2L) * PART_BYTES + 2L * row().length();
    }
  }

  private record Ending(Settlement told, Consumer<Receipt> listener) implements Untold {
    @Override
    public Hold hold() {
      return told.hold();
    }

    @Override
    public String row() {
      return told.row();
    }

    @Override
    public Optional<Settlement> settlement() {
      return Optional.of(told);
    }

    @Override
    public void settled(Receipt receipt) {
      listener.accept(receipt);
    }
  }

  private record Cancellation(Hold hold) implements Untold {
    @Override
    public String row() {
      return "";
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
    public void held(Optional<Hold> hold) {
      held = hold;
    }

    @Override
    public Optional<Settlement> settlement() {
      return held.map(
          known -> new Settlement(known, known.parts().stream().map(this::actual).toList(), row));
    }

    /** Rolling windows are left out: what was taken of them has flowed back, or soon will have. */
    @Override
    public Optional<Request> request() {
      return held.isPresent() ? Optional.empty() : Optional.of(holdOfNothing());
    }

    private Request holdOfNothing() {
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

  private final UnaryOperator<String> shards;
  private final Map<String, Untold> entries = new LinkedHashMap<>();
  private long bytes;
  private long lost;

  /**
   * @param shards names the part of the store that has an account
   */
  SettlementJournal(UnaryOperator<String> shards) {
    this.shards = shards;
  }

  /**
   * A settlement of a hold that the store keeps.
   *
   * @param told hears the store's answer
   */
  void settle(Hold hold, List<Long> actual, String row, Consumer<Receipt> told) {
    add(new Ending(new Settlement(hold, actual, row), told));
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

  /**
   * Tells a part of what is waiting, about the oldest first. What is not taken is told again later.
   *
   * @param isOver whether to stop, with the rest untold
   */
  void replay(Telling telling, BooleanSupplier isOver) {
    for (List<String> ids : due()) {
      if (isOver.getAsBoolean()) {
        return;
      }
      tell(take(ids), telling);
    }
  }

  /** What is told together: each is of one shard. */
  private synchronized List<List<String>> due() {
    List<List<String>> all = new ArrayList<>();
    Map<String, List<String>> latest = new HashMap<>();
    Iterator<Untold> oldest = entries.values().iterator();
    for (int i = 0; i < ROUND && oldest.hasNext(); i++) {
      Hold hold = oldest.next().hold();
      String shard = shards.apply(hold.account());
      List<String> together = latest.get(shard);
      if (together == null || together.size() == Store.MAX_TOGETHER) {
        together = new ArrayList<>();
        latest.put(shard, together);
        all.add(together);
      }
      together.add(hold.id());
    }
    return all;
  }

  private synchronized List<Untold> take(List<String> ids) {
    List<Untold> taken = ids.stream().map(entries::remove).filter(Objects::nonNull).toList();
    taken.forEach(entry -> bytes -= entry.bytes());
    return taken;
  }

  /** What the store does not take may be one entry's fault: then the others are told without it. */
  private void tell(List<Untold> together, Telling telling) {
    Map<String, Untold> left = new LinkedHashMap<>();
    together.forEach(entry -> left.put(entry.hold().id(), entry));
    try {
      tell(together, left, telling);
      if (together.size() > 1) {
        List.copyOf(left.values()).forEach(entry -> tell(List.of(entry), left, telling));
      }
    } finally {
      left.values().forEach(this::add);
    }
  }

  private static void tell(List<Untold> together, Map<String, Untold> left, Telling telling) {
    if (!together.isEmpty()) {
      String account = together.get(0).hold().account();
      telling.tell(account, store -> tell(store, together, left));
    }
  }

  /** Once something is acknowledged it is not left any more, whatever becomes of the rest. */
  private static void tell(Store store, List<Untold> together, Map<String, Untold> left)
      throws StoreException {
    hold(store, together.stream().filter(entry -> entry.request().isPresent()).toList());
    List<Untold> ready = together.stream().filter(entry -> entry.settlement().isPresent()).toList();
    List<Receipt> receipts =
        store.settleTogether(
            ready.stream().map(entry -> entry.settlement().orElseThrow()).toList());
    for (int i = 0; i < ready.size(); i++) {
      left.remove(ready.get(i).hold().id());
      ready.get(i).settled(receipts.get(i));
    }
    for (Untold entry : together) {
      if (entry instanceof Cancellation) {
        store.cancel(entry.hold());
        left.remove(entry.hold().id());
      }
    }
  }

  private static void hold(Store store, List<Untold> entries) throws StoreException {
    List<Receipt> receipts =
        store.reserveTogether(
            entries.stream().map(entry -> entry.request().orElseThrow()).toList());
    for (int i = 0; i < entries.size(); i++) {
      entries.get(i).held(receipts.get(i).admitted());
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
