package dev.tollgate;

import dev.tollgate.store.StoreException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The circuit breakers of a store, one for each of its shards, which fail one by one. After {@link
 * #TOLERATED_FAILURES} failures in a row a shard is not asked any more, until a probe has found it
 * answering. Holds the shards that fail; {@link #forget} drops those that are no more. Thread-safe.
 */
final class Circuits {

  static final int TOLERATED_FAILURES = 3;
  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");

  /**
   * A shard that did not answer when it was last asked.
   *
   * @param account one of its accounts
   * @param inARow how often it did not
   */
  record Failing(String shard, String account, int inARow) {

    boolean isOpen() {
      return inARow >= TOLERATED_FAILURES;
    }
  }

  private final Map<String, Failing> failing = new ConcurrentHashMap<>();

  /** A shard that has not answered yet is trusted least. */
  void suspect(String shard, String account) {
    failing.put(shard, new Failing(shard, account, TOLERATED_FAILURES - 1));
  }

  /** Whether a shard is asked. */
  boolean isClosed(String shard) {
    Failing found = failing.isEmpty() ? null : failing.get(shard);
    return found == null || !found.isOpen();
  }

  /** Whether a shard did not answer when it was last asked. */
  boolean isFailing(String shard) {
    return failing.containsKey(shard);
  }

  List<Failing> failing() {
    return List.copyOf(failing.values());
  }

  /** Says so at the first failure and when a shard is given up: not at every one of an outage. */
  void failed(String shard, String account, StoreException failure) {
    Failing now =
        failing.merge(
            shard,
            new Failing(shard, account, 1),
            (before, first) -> new Failing(shard, before.account(), before.inARow() + 1));
    if (now.inARow() == 1) {
      LOGGER.log(Level.WARNING, "{0} did not answer once: {1}", name(shard), failure.getMessage());
    } else if (now.inARow() == TOLERATED_FAILURES) {
      LOGGER.log(
          Level.WARNING, "DEGRADED: {0} does not answer: {1}", name(shard), failure.getMessage());
    }
  }

  /** A shard has answered. One that is not asked any more may have been asked before that. */
  void answered(String shard) {
    if (!failing.isEmpty()) {
      failing.computeIfPresent(shard, (same, before) -> before.isOpen() ? before : null);
    }
  }

  /** A probe has found a shard answering. */
  void close(String shard) {
    Failing before = failing.remove(shard);
    if (before != null && before.isOpen()) {
      LOGGER.log(Level.INFO, "{0} answers again", name(shard));
    }
  }

  /** Its account belongs to another shard by now: whether that one fails is its own matter. */
  void forget(String shard) {
    failing.remove(shard);
  }

  private static String name(String shard) {
    return shard.isEmpty() ? "the store" : "the store's shard " + shard;
  }
}
