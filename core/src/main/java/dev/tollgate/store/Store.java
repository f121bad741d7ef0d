package dev.tollgate.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Counters that many threads, and with a remote store many processes, charge at the same time.
 *
 * <p>Thread-safe. Each operation is atomic for its account. An operation that throws {@link
 * StoreException} may or may not have happened: a settle or cancel of a kept hold can be asked
 * again with the same hold, a reserve with the same id, and is then charged once.
 */
public interface Store extends AutoCloseable {

  /** The largest amount, limit or level: 2^53 - 1, about 9 million dollars in nano-USD. */
  long MAX_AMOUNT = (1L << 53) - 1;

  /** "At no time": a wait that does not end. */
  long NEVER = Long.MAX_VALUE;

  /** Holds that one account may have open at a time; a reserve above that is refused. */
  int MAX_HOLDS = 10_000;

  /** Open holds of an account that are told: those that expire first. */
  int MAX_TOLD_HOLDS = 100;

  /** How long an expired hold can still be settled: 48 hours. */
  long TOMBSTONE_MICROS = 48L * 3_600_000_000L;

  /** Rows that an account's journal keeps: the latest. */
  int MAX_ROWS = 50;

  int MAX_ROW_LENGTH = 1024;

  int MAX_DOCUMENT_LENGTH = 65_536;

  /** Operations that a store is asked for together: calls wait behind them. */
  int MAX_TOGETHER = 16;

  /** How long a document is kept after it was last written: 400 days. */
  long DOCUMENT_MICROS = 400L * 86_400_000_000L;

  /**
   * Checks every charge, then takes all of them or none.
   *
   * @throws StoreException when the store did not answer in time
   */
  Receipt reserve(Request request) throws StoreException;

  /**
   * Replaces what a hold took by what was really used, in the windows of its reservation. More than
   * was held is charged whatever the limit: it is debt. A repetition changes nothing, not even
   * another hold that was taken with the same id since.
   *
   * @param hold from {@link Receipt#admitted}, with {@link Hold#isKept}
   * @param actual one for each part of the hold: 0 to {@link #MAX_AMOUNT}
   * @param row for the account's journal, or empty for none: at most {@link #MAX_ROW_LENGTH}
   *     characters
   * @throws IllegalArgumentException when {@code actual} does not fit the hold
   * @throws StoreException when the store did not answer in time
   */
  Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException;

  /** What {@link #settle} is told. */
  record Settlement(Hold hold, List<Long> actual, String row) {}

  /**
   * {@link #reserve Reserves}, each for itself and whatever becomes of the others.
   *
   * @param requests of accounts of one {@link #shard}: at most {@link #MAX_TOGETHER}
   * @return one for each request
   * @throws StoreException when the store did not answer all of them in time
   */
  default List<Receipt> reserveTogether(List<Request> requests) throws StoreException {
    List<Receipt> receipts = new ArrayList<>();
    for (Request request : requests) {
      receipts.add(reserve(request));
    }
    return receipts;
  }

  /**
   * {@link #settle Settles}, each for itself and whatever becomes of the others.
   *
   * @param settlements of accounts of one {@link #shard}: at most {@link #MAX_TOGETHER}
   * @return one for each settlement
   * @throws IllegalArgumentException when a settlement does not fit its hold
   * @throws StoreException when the store did not answer all of them in time
   */
  default List<Receipt> settleTogether(List<Settlement> settlements) throws StoreException {
    List<Receipt> receipts = new ArrayList<>();
    for (Settlement each : settlements) {
      receipts.add(settle(each.hold(), each.actual(), each.row()));
    }
    return receipts;
  }

  /**
   * Gives back what a hold took, whatever its deadline: that is not known to a caller whose reserve
   * was not answered. For a hold that was posted at once ({@link Hold#isKept} false) the caller
   * must not repeat it.
   *
   * @throws StoreException when the store did not answer in time
   */
  Receipt cancel(Hold hold) throws StoreException;

  /**
   * What a reserve of these charges would answer now, taking nothing.
   *
   * @throws StoreException when the store did not answer in time
   */
  Receipt read(String account, List<Charge> charges) throws StoreException;

  /**
   * Counts an account anew: buckets are full, nothing is posted, no notice is crossed and no surge
   * is flagged. What is normal for the account stays known. Open holds are held on and can be
   * settled; so can expired ones, whose settlements never make a counter negative. The journal
   * stays.
   *
   * @throws StoreException when the store did not answer in time; a repetition does no harm
   */
  void reset(String account) throws StoreException;

  /**
   * The account's latest journal rows, newest first.
   *
   * @throws StoreException when the store did not answer in time
   */
  List<String> rows(String account) throws StoreException;

  /**
   * The account's open holds, the one that expires first comes first: at most {@link
   * #MAX_TOLD_HOLDS}.
   *
   * @throws StoreException when the store did not answer in time
   */
  List<OpenHold> openHolds(String account) throws StoreException;

  /**
   * Ends an open hold now, as if its deadline had come: what it took is released or charged by its
   * {@link Expiry}, and it can be settled late.
   *
   * @return false when the account has no open hold of this id
   * @throws StoreException when the store did not answer in time; a repetition does no harm
   */
  boolean expire(String account, String id) throws StoreException;

  /**
   * A document, as it was written last. It is kept for {@link #DOCUMENT_MICROS}.
   *
   * @param name 1 to 256 characters
   * @throws StoreException when the store did not answer in time
   */
  Document document(String name) throws StoreException;

  /**
   * Writes a document unless somebody else has written it.
   *
   * @param name 1 to 256 characters
   * @param version of the document that it takes the place of; 0 for the first one
   * @param text at most {@link #MAX_DOCUMENT_LENGTH} characters
   * @return false when the document has another version; nothing was changed then
   * @throws StoreException when the store did not answer in time: whether the document was written
   *     is unknown
   */
  boolean replace(String name, long version, String text) throws StoreException;

  /**
   * Names the shard that has an account now: shards fail one by one. Returns at once. Empty where
   * there is only one, or none is known yet.
   */
  default String shard(String account) {
    return "";
  }

  /** Sums, beside the counters. A store that keeps none loses what is added. */
  default Rollups rollups() {
    return Rollups.NONE;
  }

  /**
   * How well it keeps what it was told.
   *
   * @throws StoreException when the store did not answer in time
   */
  default Durability durability() throws StoreException {
    return Durability.LOST_AT_RESTART;
  }

  /** Frees what the store holds. Idempotent. */
  @Override
  void close();
}
