package dev.tollgate;

import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Hold;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.ReplicatedStore;
import dev.tollgate.store.Request;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Decides with the store, and without it while it does not answer. After {@link
 * #TOLERATED_FAILURES} failures in a row no call waits for the store any more until {@link #probe}
 * finds it answering. What the store did not acknowledge, and what was let in without it, is kept,
 * bounded, and told once it answers: the store takes each once. Thread-safe.
 */
final class StoreGuard implements AutoCloseable {

  static final int TOLERATED_FAILURES = 3;
  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final String PROBE_ACCOUNT = "tollgate-probe";
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** A store's answer to a reserve, and the store that gave it. */
  record Answer(Store store, Receipt receipt) {}

  private final Store store;
  private final Optional<ReassertingStore> reasserting;
  private final Optional<Store> fallback;
  private final SettlementJournal journal = new SettlementJournal();

  /** Failures in a row. A store that has not answered yet is trusted least. */
  private final AtomicInteger failures = new AtomicInteger(TOLERATED_FAILURES - 1);

  /**
   * @param fallback decides while the store does not answer; empty to refuse
   */
  StoreGuard(Store store, Optional<Store> fallback) {
    this.reasserting =
        store instanceof ReplicatedStore replicated
            ? Optional.of(new ReassertingStore(replicated))
            : Optional.empty();
    this.store = reasserting.<Store>map(asserting -> asserting).orElse(store);
    this.fallback = fallback;
  }

  /** The answer of the store or its fallback; empty when the call cannot be decided. */
  Optional<Answer> reserve(Request request) {
    boolean isAsked = isTrusted();
    try {
      if (isAsked) {
        return Optional.of(new Answer(store, askStore(asked -> asked.reserve(request))));
      }
    } catch (StoreException unanswered) {
      // it may have been reserved all the same
      return reserveWithoutStore(request, true);
    }
    return reserveWithoutStore(request, false);
  }

  private Optional<Answer> reserveWithoutStore(Request request, boolean isAsked) {
    Optional<Answer> answer = Optional.empty();
    if (fallback.isPresent()) {
      try {
        Store local = fallback.get();
        answer = Optional.of(new Answer(local, local.reserve(request)));
      } catch (StoreException unanswered) {
        LOGGER.log(Level.WARNING, "neither the store nor its fallback answers", unanswered);
      }
    }
    noteWithoutStore(request, isAsked, answer.map(Answer::receipt).flatMap(Receipt::admitted));
    return answer;
  }

  /**
   * A hold that the store may have taken is given back if the call is refused; if it is let in, it
   * ends with the call. What is posted at once and was certainly not posted yet, is.
   */
  private void noteWithoutStore(Request request, boolean isAsked, Optional<Hold> admitted) {
    boolean isKept = request.holdMicros() > 0;
    if (isAsked && isKept && admitted.isEmpty()) {
      journal.cancel(unanswered(request));
    } else if (!isAsked && admitted.isPresent() && !admitted.get().isKept()) {
      Hold hold = admitted.get();
      journal.post(hold, hold.parts().stream().map(Hold.Part::amount).toList(), "");
    }
  }

  /** The hold of a request as far as it is known while its answer is not. */
  private static Hold unanswered(Request request) {
    List<Hold.Part> parts =
        request.charges().stream()
            .map(charge -> new Hold.Part(charge.counter(), charge.bound(), 0, 0))
            .toList();
    return new Hold(request.account(), request.id(), request.holdMicros(), parts);
  }

  /**
   * The answer of the store itself, which all processes share.
   *
   * @throws StoreException when the store does not answer
   */
  Receipt reserveInStore(Request request) throws StoreException {
    return askStore(asked -> asked.reserve(request));
  }

  /**
   * What a reserve would answer now.
   *
   * @throws StoreException when neither the store nor a fallback answers
   */
  Receipt read(String account, List<Charge> charges) throws StoreException {
    return ask(asked -> asked.read(account, charges));
  }

  /**
   * An account's journal.
   *
   * @throws StoreException when neither the store nor a fallback answers
   */
  List<String> rows(String account) throws StoreException {
    return ask(asked -> asked.rows(account));
  }

  /**
   * Counts an account of the store itself anew.
   *
   * @throws StoreException when the store does not answer
   */
  void reset(String account) throws StoreException {
    askStore(
        asked -> {
          asked.reset(account);
          return account;
        });
  }

  /**
   * The open holds of an account of the store itself.
   *
   * @throws StoreException when the store does not answer
   */
  List<OpenHold> openHolds(String account) throws StoreException {
    return askStore(asked -> asked.openHolds(account));
  }

  /**
   * Ends an open hold of the store itself; false when there is none of this id.
   *
   * @throws StoreException when the store does not answer
   */
  boolean expire(String account, String id) throws StoreException {
    return askStore(asked -> asked.expire(account, id));
  }

  /**
   * A document of the store itself: there is no other while it does not answer.
   *
   * @throws StoreException when the store does not answer
   */
  Document document(String name) throws StoreException {
    return askStore(asked -> asked.document(name));
  }

  /**
   * Writes a document of the store itself, unless it has another version.
   *
   * @throws StoreException when the store does not answer: it is unknown whether it was written
   */
  boolean replace(String name, long version, String text) throws StoreException {
    return askStore(asked -> asked.replace(name, version, text));
  }

  /**
   * What {@link #reserveInStore} would answer now.
   *
   * @throws StoreException when the store does not answer
   */
  Receipt readInStore(String account, List<Charge> charges) throws StoreException {
    return askStore(asked -> asked.read(account, charges));
  }

  /** Settles what {@link #reserveInStore} reserved, as {@link #settle} does. */
  void settleInStore(Hold hold, long actual, Consumer<Receipt> told) {
    settle(store, hold, List.of(actual), "", told);
  }

  /** The rollups of the store itself: there are none while it does not answer. */
  Rollups rollups() {
    return new Rollups() {
      @Override
      public void add(Addition addition) throws StoreException {
        askStore(
            asked -> {
              asked.rollups().add(addition);
              return addition;
            });
      }

      @Override
      public List<Row> largest(String rollup, int offset, int limit) throws StoreException {
        return askStore(asked -> asked.rollups().largest(rollup, offset, limit));
      }

      @Override
      public List<Row> find(String rollup, List<String> keys) throws StoreException {
        return askStore(asked -> asked.rollups().find(rollup, keys));
      }
    };
  }

  private interface Question<T> {
    T ask(Store store) throws StoreException;
  }

  private <T> T ask(Question<T> question) throws StoreException {
    if (isTrusted() || fallback.isEmpty()) {
      try {
        return askStore(question);
      } catch (StoreException unanswered) {
        if (fallback.isEmpty()) {
          throw unanswered;
        }
      }
    }
    return question.ask(fallback.orElseThrow());
  }

  private <T> T askStore(Question<T> question) throws StoreException {
    if (!isTrusted()) {
      throw new StoreException("the store does not answer");
    }
    try {
      T answer = question.ask(store);
      succeeded();
      return answer;
    } catch (StoreException unanswered) {
      failed(unanswered);
      throw unanswered;
    }
  }

  /**
   * Settles, now or as soon as the store answers again.
   *
   * @param told hears the answer, whenever it comes
   */
  void settle(Store owner, Hold hold, List<Long> actual, String row, Consumer<Receipt> told) {
    try {
      if (owner != store) {
        told.accept(owner.settle(hold, actual, row));
        journal.post(hold, actual, row);
        return;
      }
      if (isTrusted()) {
        told.accept(store.settle(hold, actual, row));
        return;
      }
    } catch (StoreException unanswered) {
      failed(unanswered);
    }
    journal.settle(hold, actual, row, told);
  }

  /**
   * Gives a hold back, now or as soon as the store answers again. What was posted at once is given
   * back now or never, for that cannot be repeated.
   */
  void cancel(Store owner, Hold hold) {
    try {
      if (owner != store) {
        owner.cancel(hold);
        if (!hold.isKept()) {
          journal.remove(hold.id());
          return;
        }
      }
      if (isTrusted()) {
        store.cancel(hold);
        return;
      }
    } catch (StoreException unanswered) {
      failed(unanswered);
    }
    if (hold.isKept()) {
      journal.cancel(hold);
    }
  }

  /** Says so at the first failure and when the store is given up: not at every one of an outage. */
  private void failed(StoreException failure) {
    int inARow = failures.incrementAndGet();
    if (inARow == 1) {
      LOGGER.log(Level.WARNING, "the store did not answer once: {0}", failure.getMessage());
    } else if (inARow == TOLERATED_FAILURES) {
      LOGGER.log(Level.WARNING, "DEGRADED: the store does not answer: {0}", failure.getMessage());
    }
  }

  private void succeeded() {
    if (failures.getAndSet(0) >= TOLERATED_FAILURES) {
      LOGGER.log(Level.INFO, "the store answers again");
    }
  }

  private boolean isTrusted() {
    return failures.get() < TOLERATED_FAILURES;
  }

  /** Whether the store did not answer when it was last asked. */
  boolean isDegraded() {
    return failures.get() > 0;
  }

  /** Settlements and cancellations that the store has not acknowledged yet. */
  int journalled() {
    return journal.size();
  }

  /** Those that found the journal full; their holds expire. */
  long lost() {
    return journal.lost();
  }

  /**
   * Asks a store that did not answer whether it does now, and tells it what it has not
   * acknowledged, or has lost since.
   */
  void probe() {
    boolean isBehind = reasserting.filter(ReassertingStore::isBehind).isPresent();
    if (!isDegraded() && journal.isEmpty() && !isBehind) {
      return;
    }
    try {
      store.rows(PROBE_ACCOUNT);
      succeeded();
      tell();
    } catch (StoreException unanswered) {
      failed(unanswered);
    }
  }

  private void tell() throws StoreException {
    if (reasserting.isPresent()) {
      reasserting.get().reassert();
    }
    journal.replay(store);
  }

  /** {@inheritDoc} Before, tells what is waiting to be told, for a bounded time. */
  @Override
  public void close() {
    try {
      long end = System.nanoTime() + CLOSE_NANOS;
      do {
        tell();
      } while (!journal.isEmpty() && System.nanoTime() < end);
    } catch (StoreException unanswered) {
      failed(unanswered);
    }
    if (!journal.isEmpty()) {
      LOGGER.log(
          Level.WARNING,
          "{0} settlements end with this process: the store does not take them",
          journal.size());
    }
    store.close();
    fallback.ifPresent(Store::close);
  }
}
