package dev.tollgate;

import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Durability;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.ReplicatedStore;
import dev.tollgate.store.ReplicatedStore.Acknowledged;
import dev.tollgate.store.Request;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A replicated store, and what it has acknowledged to this process of holds. When its lineage
 * changes, that is told again: holds that are open, and those that were settled in the last {@link
 * #RETENTION_MICROS}. What the store still knows changes nothing.
 *
 * <p>What was posted at once is not told again, and of a hold that is, only quotas are held:
 * rolling windows flow back by themselves. Bounded by {@link #MAX_ENTRIES} of each kind, the
 * latest. Thread-safe.
 */
final class ReassertingStore implements Store {

  static final int MAX_ENTRIES = 30_000;

  /** Longer than it takes to notice that another server answers. */
  static final long RETENTION_MICROS = TimeUnit.MINUTES.toMicros(1);

  /** Told at a time, so that what else is due beside calls does not wait long. */
  private static final int ROUND = 8_000;

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");

  /** How a hold was settled. */
  private record Ending(List<Long> actual, String row, long atMicros) {}

  /**
   * What was acknowledged of a hold.
   *
   * @param openUntilMicros when it had certainly not been settled yet, by the store's clock
   * @param lineage of the store that knows all of it
   */
  private record Entry(
      Hold hold,
      Expiry expiry,
      String memo,
      Optional<Ending> ending,
      long openUntilMicros,
      long lineage) {

    /** A hold whose request is not known any more. */
    static Entry of(Hold hold, long lineage) {
      return new Entry(hold, Expiry.RELEASED, "", Optional.empty(), NEVER, lineage);
    }

    /** What was not a repetition was certainly open until then. */
    Entry ended(Ending ending, boolean isRepeated) {
      long open = isRepeated ? Math.min(openUntilMicros, ending.atMicros()) : ending.atMicros();
      return new Entry(hold, expiry, memo, Optional.of(ending), open, lineage);
    }

    Entry openUntil(long micros) {
      return new Entry(hold, expiry, memo, ending, Math.min(openUntilMicros, micros), lineage);
    }

    Entry toldTo(long lineage) {
      return new Entry(hold, expiry, memo, ending, openUntilMicros, lineage);
    }

    Acknowledged acknowledged() {
      return new Acknowledged(
          hold,
          expiry,
          memo,
          ending.map(ended -> new ReplicatedStore.Ending(ended.actual(), ended.row())),
          openUntilMicros);
    }
  }

  private final ReplicatedStore store;

  /** By id, the oldest first; guarded by its own monitor, as all below. */
  private final Map<String, Entry> open = new LinkedHashMap<>();

  /** By id, the one that was settled first comes first. */
  private final Map<String, Entry> settled = new LinkedHashMap<>();

  private long heardMicros;

  /** No entry is of an older lineage. */
  private volatile long told;

  /** For which lineage it was logged that there is something to tell. */
  private long announced;

  ReassertingStore(ReplicatedStore store) {
    this.store = store;
    this.told = store.lineage();
  }

  /** Whether the store may have lost something. */
  boolean isBehind() {
    return told != store.lineage();
  }

  @Override
  public Receipt reserve(Request request) throws StoreException {
    long lineage = store.lineage();
    return reserved(request, store.reserve(request), lineage);
  }

  @Override
  public List<Receipt> reserveTogether(List<Request> requests) throws StoreException {
    long lineage = store.lineage();
    List<Receipt> receipts = store.reserveTogether(requests);
    List<Receipt> reserved = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      reserved.add(reserved(requests.get(i), receipts.get(i), lineage));
    }
    return reserved;
  }

  private Receipt reserved(Request request, Receipt receipt, long lineage) throws StoreException {
    Optional<Hold> held = receipt.admitted().filter(Hold::isKept);
    if (held.isPresent()) {
      acknowledged(
          new Entry(held.get(), request.expiry(), request.memo(), Optional.empty(), NEVER, lineage),
          receipt.atMicros());
    }
    return receipt.outcome() == Outcome.REFUSED && held.isPresent()
        ? giveBack(receipt, held.get())
        : receipt;
  }

  /** A successor of the server may have heard of the hold, and not hear of its end. */
  private Receipt giveBack(Receipt receipt, Hold hold) throws StoreException {
    cancel(hold);
    return new Receipt(Outcome.REFUSED, receipt.atMicros(), receipt.balances(), Optional.empty());
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException {
    return end(new Settlement(hold, actual, row), () -> store.settle(hold, actual, row));
  }

  @Override
  public List<Receipt> settleTogether(List<Settlement> settlements) throws StoreException {
    return end(settlements, () -> store.settleTogether(settlements));
  }

  @Override
  public Receipt cancel(Hold hold) throws StoreException {
    List<Long> nothing = Collections.nCopies(hold.parts().size(), 0L);
    return isOpen(hold.id())
        ? end(new Settlement(hold, nothing, ""), () -> store.cancel(hold))
        : store.cancel(hold);
  }

  private boolean isOpen(String id) {
    synchronized (open) {
      return open.containsKey(id);
    }
  }

  private interface End<T> {
    T tell() throws StoreException;
  }

  private Receipt end(Settlement settlement, End<Receipt> end) throws StoreException {
    return end(List.of(settlement), () -> List.of(end.tell())).get(0);
  }

  private List<Receipt> end(List<Settlement> settlements, End<List<Receipt>> end)
      throws StoreException {
    long lineage = store.lineage();
    try {
      List<Receipt> receipts = end.tell();
      for (int i = 0; i < settlements.size(); i++) {
        settled(settlements.get(i), receipts.get(i), lineage);
      }
      return receipts;
    } catch (StoreException unanswered) {
      settlements.forEach(each -> mayBeSettled(each.hold().id()));
      throw unanswered;
    }
  }

  private void settled(Settlement settlement, Receipt receipt, long lineage) {
    Ending ending =
        new Ending(List.copyOf(settlement.actual()), settlement.row(), receipt.atMicros());
    boolean isRepeated = receipt.outcome() == Outcome.REPEATED;
    settled(Entry.of(settlement.hold(), lineage), ending, isRepeated);
  }

  private void acknowledged(Entry entry, long atMicros) {
    synchronized (open) {
      heardMicros = Math.max(heardMicros, atMicros);
      open.put(entry.hold().id(), entry);
      told = Math.min(told, entry.lineage());
      Iterator<Entry> oldest = open.values().iterator();
      Entry first = oldest.next();
      if (open.size() > MAX_ENTRIES
          || first.hold().deadlineMicros() < heardMicros - RETENTION_MICROS) {
        oldest.remove();
      }
    }
  }

  private void mayBeSettled(String id) {
    synchronized (open) {
      open.computeIfPresent(id, (same, entry) -> entry.openUntil(heardMicros));
    }
  }

  /**
   * @param otherwise for a hold that was open for too long to be remembered
   */
  private void settled(Entry otherwise, Ending ending, boolean isRepeated) {
    synchronized (open) {
      heardMicros = Math.max(heardMicros, ending.atMicros());
      String id = otherwise.hold().id();
      Entry entry = open.remove(id);
      if (entry == null && isRepeated) {
        return;
      }
      Entry ended = (entry == null ? otherwise : entry).ended(ending, isRepeated);
      settled.put(id, ended);
      told = Math.min(told, ended.lineage());
      forgetSettled();
    }
  }

  private void forgetSettled() {
    Iterator<Entry> all = settled.values().iterator();
    boolean isPast = true;
    while (isPast && all.hasNext()) {
      Entry first = all.next();
      long age = heardMicros - first.ending().map(Ending::atMicros).orElse(heardMicros);
      boolean isKnown = first.lineage() == store.lineage();
      isPast = settled.size() > MAX_ENTRIES || age > RETENTION_MICROS && isKnown;
      if (isPast) {
        all.remove();
      }
    }
  }

  /** Of the store itself. */
  long lineage() {
    return store.lineage();
  }

  /** How many holds there are that the store may have lost. */
  int untold() {
    return isBehind() ? before(store.lineage()).size() : 0;
  }

  /**
   * Tells the store a part of what it may have lost. What it does not take is told the next time.
   *
   * @param isOver whether to stop, with the rest untold
   */
  void reassert(Telling telling, BooleanSupplier isOver) {
    if (!isBehind()) {
      return;
    }
    long lineage = store.lineage();
    List<Entry> lost = before(lineage);
    announce(lineage, lost.size());
    Map<String, List<Entry>> shards = new LinkedHashMap<>();
    for (Entry entry : lost) {
      shards
          .computeIfAbsent(store.shard(entry.hold().account()), shard -> new ArrayList<>())
          .add(entry);
    }
    for (List<Entry> entries : shards.values()) {
      List<Entry> due = entries.subList(0, Math.min(entries.size(), ROUND));
      for (int i = 0; i < due.size() && !isOver.getAsBoolean(); i += MAX_TOGETHER) {
        tell(due.subList(i, Math.min(i + MAX_TOGETHER, due.size())), telling, lineage);
      }
    }
    synchronized (open) {
      if (before(lineage).isEmpty()) {
        told = lineage;
      }
    }
  }

  private void announce(long lineage, int count) {
    if (count > 0 && announced != lineage) {
      announced = lineage;
      LOGGER.log(Level.INFO, "another server answers: {0} holds of before are told to it", count);
    }
  }

  private void tell(List<Entry> entries, Telling telling, long lineage) {
    List<Acknowledged> known = entries.stream().map(Entry::acknowledged).toList();
    boolean isTold =
        telling.tell(entries.get(0).hold().account(), asserting -> store.restore(known));
    if (isTold) {
      entries.forEach(entry -> told(entry, lineage));
    }
  }

  /** Those of one account together, which a store does at once. */
  private List<Entry> before(long lineage) {
    synchronized (open) {
      List<Entry> lost = new ArrayList<>();
      for (Map<String, Entry> entries : List.of(open, settled)) {
        entries.values().stream().filter(entry -> entry.lineage() < lineage).forEach(lost::add);
      }
      lost.sort(Comparator.comparing(entry -> entry.hold().account()));
      return lost;
    }
  }

  /** Unless it was settled meanwhile: then that is told too. */
  private void told(Entry entry, long lineage) {
    synchronized (open) {
      Map<String, Entry> entries = entry.ending().isPresent() ? settled : open;
      entries.replace(entry.hold().id(), entry, entry.toldTo(lineage));
    }
  }

  @Override
  public Receipt read(String account, List<Charge> charges) throws StoreException {
    return store.read(account, charges);
  }

  @Override
  public void reset(String account) throws StoreException {
    store.reset(account);
  }

  @Override
  public List<String> rows(String account) throws StoreException {
    return store.rows(account);
  }

  @Override
  public List<OpenHold> openHolds(String account) throws StoreException {
    return store.openHolds(account);
  }

  @Override
  public boolean expire(String account, String id) throws StoreException {
    return store.expire(account, id);
  }

  @Override
  public Document document(String name) throws StoreException {
    return store.document(name);
  }

  @Override
  public boolean replace(String name, long version, String text) throws StoreException {
    return store.replace(name, version, text);
  }

  @Override
  public Durability durability() throws StoreException {
    return store.durability();
  }

  @Override
  public String shard(String account) {
    return store.shard(account);
  }

  @Override
  public Rollups rollups() {
    return store.rollups();
  }

  @Override
  public void close() {
    store.close();
  }
}
