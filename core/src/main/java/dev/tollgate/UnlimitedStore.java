package dev.tollgate;

import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Hold;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Lets everything in and counts nothing: for calls that no limit can be checked for. Its holds tell
 * what would have been counted. Immutable.
 */
record UnlimitedStore(InstantSource clock) implements Store {

  @Override
  public Receipt reserve(Request request) {
    long now = nowMicros();
    long deadline = request.holdMicros() > 0 ? now + request.holdMicros() : 0;
    List<Hold.Part> parts = request.charges().stream().map(charge -> part(charge, now)).toList();
    Hold hold = new Hold(request.account(), request.id(), deadline, parts);
    return new Receipt(Outcome.FULL, now, List.of(), Optional.of(hold));
  }

  private static Hold.Part part(Charge charge, long now) {
    long mark =
        charge.bound() instanceof Quota quota ? quota.calendar().at(now).startMicros() : now;
    return new Hold.Part(charge.counter(), charge.bound(), charge.amount(), mark);
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) {
    return done();
  }

  @Override
  public Receipt cancel(Hold hold) {
    return done();
  }

  @Override
  public Receipt read(String account, List<Charge> charges) {
    return new Receipt(Outcome.FULL, nowMicros(), List.of(), Optional.empty());
  }

  @Override
  public void reset(String account) {}

  @Override
  public List<String> rows(String account) {
    return List.of();
  }

  @Override
  public List<OpenHold> openHolds(String account) {
    return List.of();
  }

  @Override
  public boolean expire(String account, String id) {
    return false;
  }

  /** {@inheritDoc} Nothing is ever kept here. */
  @Override
  public Document document(String name) {
    return Document.ABSENT;
  }

  @Override
  public boolean replace(String name, long version, String text) throws StoreException {
    throw new StoreException("no document can be kept");
  }

  @Override
  public void close() {}

  private Receipt done() {
    return new Receipt(Outcome.APPLIED, nowMicros(), List.of(), Optional.empty());
  }

  private long nowMicros() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000L + now.getNano() / 1000;
  }
}
