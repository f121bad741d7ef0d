package dev.tollgate;

import dev.tollgate.store.Bucket;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Durability;
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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Decides with the store, and without it while it does not answer. After some failures in a row
 * ({@link Circuits}) no call waits for the store, or for the shard of it that does not answer, any
 * more until {@link #probe} finds it taking what it is told. What the store did not acknowledge,
 * and what was let in without it, is kept, bounded, and told once it answers: the store takes each
 * once. Thread-safe.
 */
final class StoreGuard implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final String PROBE = "tollgate-probe";

  /** What is no account's, and accounts of a store of one piece, belong to this shard. */
  private static final String WHOLE = "";

  /** Never full, whoever probes. */
  private static final List<Charge> PROBE_CHARGES =
      List.of(Charge.of(PROBE, new Bucket(1_000_000_000, 1_000_000, 1_000_000_000), 1));

  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** What else is due beside calls does not wait longer for a slow store. */
  private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A store's answer to a reserve, and the store that gave it. */
  record Answer(Store store, Receipt receipt) {}

  private final Store store;
  private final Optional<ReassertingStore> reasserting;
  private final Optional<Store> fallback;
  private final LongSupplier nanoTime;
  private final SettlementJournal journal;
  private final Circuits circuits = new Circuits();

  /** Whose durability is known. Used by the thread beside calls alone. */
  private long judgedLineage = -1;

  /**
   * @param fallback decides while the store does not answer; empty to refuse
   */
  StoreGuard(Store store, Optional<Store> fallback) {
    this(store, fallback, System::nanoTime);
  }

  /**
   * @param nanoTime measures how long telling takes
   */
  StoreGuard(Store store, Optional<Store> fallback, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.reasserting =
        store instanceof ReplicatedStore replicated
            ? Optional.of(new ReassertingStore(replicated))
            : Optional.empty();
    this.store = reasserting.<Store>map(asserting -> asserting).orElse(store);
    this.journal = new SettlementJournal(this.store::shard);
    this.fallback = fallback;
    circuits.suspect(WHOLE, PROBE);
  }

  /** The answer of the store or its fallback; empty when the call cannot be decided. */
  Optional<Answer> reserve(Request request) {
    boolean isAsked = isTrusted(request.account());
    try {
      if (isAsked) {
        return Optional.of(new Answer(store, reserveInStore(request)));
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
    return tellStore(request.account(), asked -> asked.reserve(request));
  }

  /**
   * What a reserve would answer now.
   *
   * @throws StoreException when neither the store nor a fallback answers
   */
  Receipt read(String account, List<Charge> charges) throws StoreException {
    return ask(account, asked -> asked.read(account, charges));
  }

  /**
   * An account's journal.
   *
   * @throws StoreException when neither the store nor a fallback answers
   */
  List<String> rows(String account) throws StoreException {
    return ask(account, asked -> asked.rows(account));
  }

  /**
   * Counts an account of the store itself anew.
   *
   * @throws StoreException when the store does not answer
   */
  void reset(String account) throws StoreException {
    tellStore(
        account,
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
    return askStore(shard(account), account, asked -> asked.openHolds(account));
  }

  /**
   * Ends an open hold of the store itself; false when there is none of this id.
   *
   * @throws StoreException when the store does not answer
   */
  boolean expire(String account, String id) throws StoreException {
    return tellStore(account, asked -> asked.expire(account, id));
  }

  /**
   * A document of the store itself: there is no other while it does not answer.
   *
   * @throws StoreException when the store does not answer
   */
  Document document(String name) throws StoreException {
    return askStore(WHOLE, PROBE, asked -> asked.document(name));
  }

  /**
   * Writes a document of the store itself, unless it has another version.
   *
   * @throws StoreException when the store does not answer: it is unknown whether it was written
   */
  boolean replace(String name, long version, String text) throws StoreException {
    return tellStore(WHOLE, PROBE, asked -> asked.replace(name, version, text));
  }

  /**
   * What {@link #reserveInStore} would answer now.
   *
   * @throws StoreException when the store does not answer
   */
  Receipt readInStore(String account, List<Charge> charges) throws StoreException {
    return askStore(shard(account), account, asked -> asked.read(account, charges));
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
        tellStore(
            WHOLE,
            PROBE,
            asked -> {
              asked.rollups().add(addition);
              return addition;
            });
      }

      @Override
      public List<Row> largest(String rollup, int offset, int limit) throws StoreException {
        return askStore(WHOLE, PROBE, asked -> asked.rollups().largest(rollup, offset, limit));
      }

      @Override
      public List<Row> find(String rollup, List<String> keys) throws StoreException {
        return askStore(WHOLE, PROBE, asked -> asked.rollups().find(rollup, keys));
      }
    };
  }

  private interface Question<T> {
    T ask(Store store) throws StoreException;
  }

  private <T> T ask(String account, Question<T> question) throws StoreException {
    String shard = shard(account);
    if (circuits.isClosed(shard) || fallback.isEmpty()) {
      try {
        return askStore(shard, account, question);
      } catch (StoreException unanswered) {
        if (fallback.isEmpty()) {
          throw unanswered;
        }
      }
    }
    return question.ask(fallback.orElseThrow());
  }

  /** Asks what changes nothing. That a store answers does not say that it takes what it is told. */
  private <T> T askStore(String shard, String account, Question<T> question) throws StoreException {
    if (!circuits.isClosed(shard)) {
      throw new StoreException("the store does not answer");
    }
    try {
      return question.ask(store);
    } catch (StoreException unanswered) {
      circuits.failed(shard, account, unanswered);
      throw unanswered;
    }
  }

  private <T> T tellStore(String shard, String account, Question<T> question)
      throws StoreException {
    T answer = askStore(shard, account, question);
    circuits.answered(shard);
    return answer;
  }

  private <T> T tellStore(String account, Question<T> question) throws StoreException {
    return tellStore(shard(account), account, question);
  }

  private String shard(String account) {
    return store.shard(account);
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
      if (isTrusted(hold.account())) {
        told.accept(tellStore(hold.account(), asked -> asked.settle(hold, actual, row)));
        return;
      }
    } catch (StoreException unanswered) {
      LOGGER.log(Level.DEBUG, "a settlement is told later", unanswered);
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
      if (isTrusted(hold.account())) {
        tellStore(hold.account(), asked -> asked.cancel(hold));
        return;
      }
    } catch (StoreException unanswered) {
      LOGGER.log(Level.DEBUG, "a cancellation is told later", unanswered);
    }
    if (hold.isKept()) {
      journal.cancel(hold);
    }
  }

  private boolean isTrusted(String account) {
    return circuits.isClosed(shard(account));
  }

  /** Whether the part of the store that has an account did not answer when it was last asked. */
  boolean isDegraded(String account) {
    return circuits.isFailing(shard(account));
  }

  /** Whether the store, or a part of it, did not answer when it was last asked. */
  boolean isDegraded() {
    return !circuits.failing().isEmpty();
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
   * Finds out whether what did not answer does now, and tells what is not acknowledged, or has been
   * lost since.
   */
  void probe() {
    probeFailing();
    tell(after(TELL_NANOS));
  }

  private BooleanSupplier after(long nanos) {
    long start = nanoTime.getAsLong();
    return () -> nanoTime.getAsLong() - start > nanos;
  }

  private void probeFailing() {
    for (Circuits.Failing failing : circuits.failing()) {
      String shard = failing.shard();
      String account = failing.account();
      try {
        store.reserve(new Request(account, PROBE, PROBE_CHARGES, 0, ""));
        circuits.close(shard);
      } catch (StoreException unanswered) {
        String now = shard.equals(WHOLE) ? WHOLE : shard(account);
        if (!now.equals(shard)) {
          circuits.forget(shard);
        }
        circuits.failed(now, account, unanswered);
      }
    }
  }

  /**
   * How well the store keeps what it is told: asked at first, and when another server answers.
   * Empty while there is nothing new, or no answer.
   */
  Optional<Durability> newDurability() {
    long lineage = reasserting.map(ReassertingStore::lineage).orElse(0L);
    if (judgedLineage == lineage || isDegraded()) {
      return Optional.empty();
    }
    try {
      Durability found = store.durability();
      judgedLineage = lineage;
      return Optional.of(found);
    } catch (StoreException unanswered) {
      LOGGER.log(Level.DEBUG, "the store does not say how well it keeps data", unanswered);
      return Optional.empty();
    }
  }

  /** What a shard does not take is told the next time. */
  private void tell(BooleanSupplier isOver) {
    reasserting.ifPresent(asserting -> asserting.reassert(this::tell, isOver));
    journal.replay(this::tell, isOver);
  }

  private boolean tell(String account, Telling.Message message) {
    try {
      return isTrusted(account)
          && tellStore(
              account,
              asked -> {
                message.tell(asked);
                return true;
              });
    } catch (StoreException unanswered) {
      return false;
    }
  }

  private int untold() {
    return journal.size() + reasserting.map(ReassertingStore::untold).orElse(0);
  }

  /** {@inheritDoc} Before, tells what is waiting to be told, for a bounded time. */
  @Override
  public void close() {
    BooleanSupplier isOver = after(CLOSE_NANOS);
    probeFailing();
    int before = Integer.MAX_VALUE;
    for (int left = untold(); 0 < left && left < before && !isOver.getAsBoolean(); ) {
      tell(isOver);
      before = left;
      left = untold();
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
