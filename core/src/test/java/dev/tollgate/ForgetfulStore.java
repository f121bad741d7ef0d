package dev.tollgate;

import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Durability;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.Hold;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.ReplicatedStore;
import dev.tollgate.store.Request;
import dev.tollgate.store.StoreException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A store whose server has successors, and whose network fails. Not thread-safe. */
final class ForgetfulStore implements ReplicatedStore {

  boolean isCut;

  Durability durability = Durability.KEPT;

  /** The next answer. */
  boolean losesAnswer;

  private final HandClock clock;
  private final Set<String> settled = new HashSet<>();
  private MemoryStore server;
  private long lineage = 1;
  private int restored;

  ForgetfulStore(HandClock clock) {
    this.clock = clock;
    server = new MemoryStore(10, clock);
  }

  /** Another server takes its place, which has heard of nothing. */
  void loseAll() {
    server = new MemoryStore(10, clock);
    settled.clear();
    lineage++;
  }

  /** Another server takes its place, which has heard of everything. */
  void loseNothing() {
    lineage++;
  }

  /** As time passes. */
  void forgetSettled() {
    settled.clear();
  }

  /** How often it was asked to restore a hold. */
  int restored() {
    return restored;
  }

  @Override
  public long lineage() {
    return lineage;
  }

  @Override
  public Optional<Hold> restore(Hold hold, Expiry expiry, String memo, long openUntilMicros)
      throws StoreException {
    answer();
    restored++;
    long now = clock.instant().toEpochMilli() * 1000;
    boolean isForgotten = openUntilMicros < now - SETTLED_MICROS;
    return isForgotten || settled.contains(hold.id())
        ? Optional.empty()
        : server.restore(hold, expiry, memo);
  }

  private void answer() throws StoreException {
    if (isCut) {
      throw new StoreException("cut off");
    }
    if (losesAnswer) {
      losesAnswer = false;
      throw new StoreException("the answer is lost");
    }
  }

  @Override
  public Receipt reserve(Request request) throws StoreException {
    Receipt receipt = server.reserve(request);
    answer();
    return receipt;
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException {
    return ended(hold, server.settle(hold, actual, row));
  }

  @Override
  public Receipt cancel(Hold hold) throws StoreException {
    return ended(hold, server.cancel(hold));
  }

  private Receipt ended(Hold hold, Receipt receipt) throws StoreException {
    if (receipt.outcome() != Outcome.REPEATED) {
      settled.add(hold.id());
    }
    answer();
    return receipt;
  }

  @Override
  public Durability durability() throws StoreException {
    answer();
    return durability;
  }

  @Override
  public Receipt read(String account, List<Charge> charges) {
    return server.read(account, charges);
  }

  @Override
  public void reset(String account) {
    server.reset(account);
  }

  @Override
  public List<String> rows(String account) {
    return server.rows(account);
  }

  @Override
  public List<OpenHold> openHolds(String account) {
    return server.openHolds(account);
  }

  @Override
  public boolean expire(String account, String id) {
    return server.expire(account, id);
  }

  @Override
  public Document document(String name) {
    return server.document(name);
  }

  @Override
  public boolean replace(String name, long version, String text) {
    return server.replace(name, version, text);
  }

  @Override
  public void close() {
    server.close();
  }
}
