package dev.tollgate;

import dev.tollgate.store.Bound;
import dev.tollgate.store.Bucket;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Hold;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.Surge;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps limits in this process at one node's share, for the time in which the common store does not
 * answer: together the nodes let in no more than the limits. Thread-safe.
 */
final class LocalShareStore implements Store {

  private final MemoryStore memory;
  private final int nodes;

  /**
   * @param nodes how many processes share the limits: 1 or more
   */
  LocalShareStore(MemoryStore memory, int nodes) {
    this.memory = memory;
    this.nodes = nodes;
  }

  /** {@inheritDoc} The hold is bounded as the request is. */
  @Override
  public Receipt reserve(Request request) {
    Receipt receipt =
        memory.reserve(
            new Request(
                request.account(),
                request.id(),
                share(request.charges()),
                request.holdMicros(),
                request.expiry(),
                request.memo()));
    return new Receipt(
        receipt.outcome(),
        receipt.atMicros(),
        receipt.balances(),
        receipt.admitted().map(hold -> bounded(hold, request.charges())));
  }

  private static Hold bounded(Hold hold, List<Charge> charges) {
    List<Hold.Part> parts = new ArrayList<>();
    for (int i = 0; i < charges.size(); i++) {
      parts.add(hold.parts().get(i).within(charges.get(i).bound()));
    }
    return new Hold(hold.account(), hold.id(), hold.deadlineMicros(), parts);
  }

  private Hold share(Hold hold) {
    List<Hold.Part> parts =
        hold.parts().stream().map(part -> part.within(share(part.bound()))).toList();
    return new Hold(hold.account(), hold.id(), hold.deadlineMicros(), parts);
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) {
    return memory.settle(share(hold), actual, row);
  }

  @Override
  public Receipt cancel(Hold hold) {
    return memory.cancel(share(hold));
  }

  @Override
  public Receipt read(String account, List<Charge> charges) {
    return memory.read(account, share(charges));
  }

  @Override
  public void reset(String account) {
    memory.reset(account);
  }

  @Override
  public List<String> rows(String account) {
    return memory.rows(account);
  }

  @Override
  public List<OpenHold> openHolds(String account) {
    return memory.openHolds(account);
  }

  @Override
  public boolean expire(String account, String id) {
    return memory.expire(account, id);
  }

  @Override
  public Document document(String name) {
    return memory.document(name);
  }

  @Override
  public boolean replace(String name, long version, String text) {
    return memory.replace(name, version, text);
  }

  @Override
  public void close() {
    memory.close();
  }

  private List<Charge> share(List<Charge> charges) {
    return charges.stream()
        .map(
            charge ->
                new Charge(
                    charge.counter(),
                    share(charge.bound()),
                    charge.amount(),
                    charge.worst(),
                    charge.reduced()))
        .toList();
  }

  /** At least 1 of everything: a share of nothing would be an outage of its own. */
  private Bound share(Bound bound) {
    if (bound instanceof Bucket bucket) {
      return new Bucket(share(bucket.limit()), bucket.periodMicros(), share(bucket.capacity()));
    }
    if (bound instanceof Surge) {
      return bound;
    }
    Quota quota = (Quota) bound;
    return new Quota(
        quota.calendar(),
        share(quota.limit()),
        quota.soft() / nodes,
        share(quota.hard()),
        quota.notices().stream().map(notice -> notice / nodes).toList());
  }

  private long share(long amount) {
    return Math.max(1, amount / nodes);
  }
}
