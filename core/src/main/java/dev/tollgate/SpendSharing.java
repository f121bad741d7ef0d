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
 * counted twice or lost, and the process whose writing changed a breaker's state knows it. If it
 * learns so late that the state has changed again, it keeps quiet: who is told that a breaker
 * closed after it was told that it opened must be able to believe it.
 *
 * <p>Bounded: what could not be written is kept for {@link #MAX_MINUTES} minutes of each scope, and
 * what is older is added to the oldest of them.
 */
final class SpendSharing {

  static final String DOCUMENT = "spend-breakers-1";
  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final int MAX_MINUTES = 15;
  private static final int MAX_TRIES = 5;
  private static final long UNKNOWN = -1;

  /**
   * A text that may have been written.
   *
   * @param version of the document that it takes the place of
   * @param spent what is new in it
   * @param orders what operators said
   * @param changes what is told of breakers if it is written
   */
  private record Attempt(
      long version,
      long number,
      SharedSpend shared,
      String text,
      Map<SpendScope, TreeMap<Long, MinuteSpend>> spent,
      Map<SpendScope, BreakerOrder> orders,
      List<BreakerChange> changes) {}

  private final StoreGuard guard;
  private final String writer;
  private final Consumer<BreakerChange> changed;
  private final Map<SpendScope, TreeMap<Long, MinuteSpend>> unwritten = new HashMap<>();
  private final Map<SpendScope, BreakerOrder> orders = new HashMap<>();

  /** What all processes know, as of the latest answer of the store. */
  private SharedSpend known = new SharedSpend();

  /** The text of what is known. */
  private String knownText = "";

  /** The document's version that is known; {@link #UNKNOWN} when it must be read again. */
  private long knownVersion = UNKNOWN;

  private @Nullable Attempt doubtful;
  private long number;

  /**
   * @param writer this process: nobody else's name, at most 20 characters
   * @param changed hears of what breakers came to by what this process wrote
   */
  SpendSharing(StoreGuard guard, String writer, Consumer<BreakerChange> changed) {
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
  void order(SpendScope scope, BreakerOrder order) {
    orders.put(scope, order);
  }

  /** What all processes know, as of the latest answer of the store. */
  SharedSpend known() {
    return known;
  }

  /** What is known while the store does not answer. */
  void goOnAlone(BreakerPolicy policy, long nowMicros) {
    knownVersion = UNKNOWN;
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
    try {
      boolean done = false;
      for (int tries = 0; tries < MAX_TRIES && !done; tries++) {
        done = tryToMerge(policy, nowMicros);
      }
    } finally {
      if (knownVersion == UNKNOWN) {
        known = read(knownText);
      }
    }
  }

  private boolean tryToMerge(BreakerPolicy policy, long nowMicros) throws StoreException {
    Document found = guard.document(DOCUMENT);
    if (doubtful != null && doubtful.version() == found.version()) {
      return write(doubtful);
    }
    SharedSpend shared = found.version() == knownVersion ? known : read(found.text());
    knownVersion = UNKNOWN;
    resolveDoubt(shared);
    if (!hasNews(shared, policy, nowMicros)) {
      know(shared, found.text(), found.version());
      return true;
    }
    return write(attempt(found.version(), shared, policy, nowMicros));
  }

  private void know(SharedSpend shared, String text, long version) {
    known = shared;
    knownText = text;
    knownVersion = version;
  }

  private static SharedSpend read(String text) {
    return SharedSpend.read(text)
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
      written(attempt, attempt.changes().stream().filter(change -> isSo(change, shared)).toList());
    } else {
      attempt.spent().forEach((scope, minutes) -> minutes.forEach((m, s) -> add(scope, m, s)));
    }
  }

  private boolean hasNews(SharedSpend shared, BreakerPolicy policy, long nowMicros) {
    boolean watches = shared.watch(policy.expectedMonthly(), SharedSpend.minute(nowMicros));
    return watches || !unwritten.isEmpty() || !orders.isEmpty() || shared.isDue(nowMicros);
  }

  private Attempt attempt(long version, SharedSpend shared, BreakerPolicy policy, long nowMicros) {
    long minute = SharedSpend.minute(nowMicros);
    unwritten.forEach(
        (scope, minutes) -> minutes.forEach((m, spend) -> shared.add(scope, m, spend, minute)));
    List<BreakerChange> changes = shared.close(nowMicros, policy);
    orders.forEach((scope, order) -> shared.control(scope, order).ifPresent(changes::add));
    number++;
    shared.sign(writer, number, minute);
    Attempt attempt =
        new Attempt(
            version,
            number,
            shared,
            shared.write(),
            Map.copyOf(unwritten),
            Map.copyOf(orders),
            changes);
    unwritten.clear();
    return attempt;
  }

  private boolean write(Attempt attempt) throws StoreException {
    doubtful = attempt;
    if (!guard.replace(DOCUMENT, attempt.version(), attempt.text())) {
      return false;
    }
    doubtful = null;
    know(attempt.shared(), attempt.text(), attempt.version() + 1);
    written(attempt, attempt.changes());
    return true;
  }

  /** Whether a breaker is still in the state that it came into: another process tells of others. */
  private static boolean isSo(BreakerChange change, SharedSpend shared) {
    return shared
        .status(change.status().scope())
        .filter(now -> now.state() == change.status().state())
        .filter(now -> now.since().equals(change.status().since()))
        .isPresent();
  }

  private void written(Attempt attempt, List<BreakerChange> changes) {
    attempt.orders().forEach(orders::remove);
    changes.forEach(changed);
  }
}
