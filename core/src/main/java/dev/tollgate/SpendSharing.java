package dev.tollgate;

import dev.tollgate.store.Document;
import dev.tollgate.store.StoreException;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Adds what this process spends to what all processes know, in one document of the store. Not
 * thread-safe.
 *
 * <p>The document is replaced by compare-and-set and carries the number of what each process wrote
 * last. An attempt whose outcome is unknown is repeated as it was, letter by letter, until the
 * document has another version; that one's number tells whether it was written. So nothing is
 * counted twice or lost, and the process whose writing changed a breaker's state knows it.
 *
 * <p>Bounded: what could not be written is kept for {@link #MAX_MINUTES} minutes of each scope, and
 * what is older is added to the oldest of them.
 */
final class SpendSharing {

  static final String DOCUMENT = "spend-breakers-1";
  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final int MAX_MINUTES = 15;
  private static final int MAX_TRIES = 5;

  /**
   * A text that may have been written.
   *
   * @param version of the document that it takes the place of
   * @param spent what is new in it
   * @param orders what operators said
   * @param changes the states that breakers come into by it
   */
  private record Attempt(
      long version,
      long number,
      SharedSpend shared,
      String text,
      Map<SpendScope, TreeMap<Long, MinuteSpend>> spent,
      Map<SpendScope, BreakerControl> orders,
      List<BreakerStatus> changes) {}

  private final StoreGuard guard;
  private final String writer;
  private final Consumer<BreakerStatus> changed;
  private final Map<SpendScope, TreeMap<Long, MinuteSpend>> unwritten = new HashMap<>();
  private final Map<SpendScope, BreakerControl> orders = new HashMap<>();
  private SharedSpend known = new SharedSpend();
  private @Nullable Attempt doubtful;
  private long number;

  /**
   * @param writer this process: nobody else's name, at most 20 characters
   * @param changed hears of each state that a breaker came into by what this process wrote
   */
  SpendSharing(StoreGuard guard, String writer, Consumer<BreakerStatus> changed) {
    this.guard = guard;
    this.writer = writer;
    this.changed = changed;
  }

  /** Adds what this process spent, to be written. */
  void add(SpendScope scope, long minute, MinuteSpend spend) {
    TreeMap<Long, MinuteSpend> minutes =
        unwritten.computeIfAbsent(scope, absent -> new TreeMap<>());
    minutes.merge(minute, spend, MinuteSpend::plus);
    if (minutes.size() > MAX_MINUTES) {
      MinuteSpend oldest = minutes.pollFirstEntry().getValue();
      minutes.merge(minutes.firstKey(), oldest, MinuteSpend::plus);
    }
  }

  /** Does what an operator says: here at once, for the other processes when it is written. */
  void order(SpendScope scope, BreakerControl order) {
    orders.put(scope, order);
  }

  /** What all processes know, as of the latest answer of the store. */
  SharedSpend known() {
    return known;
  }

  /** What is known while the store does not answer. */
  void goOnAlone(BreakerPolicy policy, long nowMicros) {
    known.watch(policy.expectedMonthly(), SharedSpend.minute(nowMicros));
    orders.forEach(known::control);
  }

  /**
   * Reads what the other processes wrote, and writes what they do not know.
   *
   * @param nowMicros the store's time
   * @throws StoreException when the store does not answer; what is not written is kept
   */
  void merge(BreakerPolicy policy, long nowMicros) throws StoreException {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      Document found = guard.document(DOCUMENT);
      if (doubtful == null || found.version() != doubtful.version()) {
        SharedSpend shared = read(found);
        resolveDoubt(shared);
        if (!prepare(found.version(), shared, policy, nowMicros)) {
          known = shared;
          return;
        }
      }
      if (write()) {
        return;
      }
    }
  }

  private static SharedSpend read(Document found) {
    return SharedSpend.read(found.text())
        .orElseGet(
            () -> {
              LOGGER.log(
                  Level.WARNING, "what the store knows of spending is unreadable: starting anew");
              return new SharedSpend();
            });
  }

  /** Finds out what became of an attempt, now that the document has another version. */
  private void resolveDoubt(SharedSpend shared) {
    Attempt attempt = doubtful;
    if (attempt == null) {
      return;
    }
    doubtful = null;
    if (shared.lastNumber(writer) == attempt.number()) {
      written(attempt);
    } else {
      attempt.spent().forEach((scope, minutes) -> minutes.forEach((m, s) -> add(scope, m, s)));
    }
  }

  /** Makes the next attempt; false when there is nothing to write. */
  private boolean prepare(long version, SharedSpend shared, BreakerPolicy policy, long nowMicros) {
    long minute = SharedSpend.minute(nowMicros);
    boolean news = shared.watch(policy.expectedMonthly(), minute);
    if (!news && unwritten.isEmpty() && orders.isEmpty() && !shared.isDue(nowMicros)) {
      return false;
    }
    unwritten.forEach(
        (scope, minutes) -> minutes.forEach((m, spend) -> shared.add(scope, m, spend, minute)));
    List<BreakerStatus> changes = shared.close(nowMicros, policy);
    orders.forEach((scope, order) -> shared.control(scope, order).ifPresent(changes::add));
    shared.sign(writer, ++number, minute);
    doubtful =
        new Attempt(
            version,
            number,
            shared,
            shared.write(),
            Map.copyOf(unwritten),
            Map.copyOf(orders),
            changes);
    unwritten.clear();
    return true;
  }

  private boolean write() throws StoreException {
    Attempt attempt = doubtful;
    if (attempt == null || !guard.replace(DOCUMENT, attempt.version(), attempt.text())) {
      return false;
    }
    doubtful = null;
    known = attempt.shared();
    written(attempt);
    return true;
  }

  private void written(Attempt attempt) {
    attempt.orders().forEach(orders::remove);
    attempt.changes().forEach(changed);
  }
}
