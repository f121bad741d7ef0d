package dev.tollgate.store.redis;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Bound;
import dev.tollgate.store.Bucket;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Hold;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import dev.tollgate.store.Surge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import redis.clients.jedis.HostAndPort;

/** Reads what the script answers to one operation, from front to back. Used by one thread. */
final class Answer {

  private static final Pattern SUM = Pattern.compile("-?[0-9]{1,18}");

  /** The script's "later than any time". */
  private static final long NEVER = 1L << 53;

  private final List<?> values;
  private final boolean outlives;
  private final HostAndPort server;
  private final String outcome;
  private final long atMicros;
  private int next;

  /**
   * @param reply an outcome, the server's time, and what the operation adds
   * @throws StoreException when the answer is not one to the operation, as in all methods
   */
  Answer(Reply.Answer reply) throws StoreException {
    this.values = reply.values();
    this.outlives = reply.outlives();
    this.server = reply.server();
    this.outcome = text();
    this.atMicros = number();
  }

  /** The rows of a journal: the one answer that has no outcome. */
  static List<String> rows(List<?> values) throws StoreException {
    List<String> rows = new ArrayList<>();
    for (Object row : values) {
      rows.add(text(row));
    }
    return rows;
  }

  /** Whether the windows that were sent did not contain the server's time. */
  boolean isStale() {
    return outcome.equals("STALE");
  }

  long atMicros() {
    return atMicros;
  }

  /** Whether what was written is thought to outlive the server, if that was asked. */
  boolean outlives() {
    return outlives;
  }

  /** Who said it. */
  HostAndPort server() {
    return server;
  }

  Receipt toReserve(Request request) throws StoreException {
    long nextDeadline = deadline();
    long holdDeadline = number();
    List<Balance> balances = new ArrayList<>();
    List<Hold.Part> parts = new ArrayList<>();
    for (Charge charge : request.charges()) {
      long wanted = number();
      parts.add(new Hold.Part(charge.counter(), charge.bound(), number(), number(), number()));
      balances.add(balance(charge.counter(), charge.bound(), wanted, nextDeadline));
    }
    Outcome decided = outcome();
    Hold hold = new Hold(request.account(), request.id(), holdDeadline, parts);
    return new Receipt(
        decided,
        atMicros,
        balances,
        decided == Outcome.REFUSED ? Optional.empty() : Optional.of(hold));
  }

  /** As for a reserve, which took nothing. */
  Receipt toRead(Request request) throws StoreException {
    Receipt receipt = toReserve(request);
    return new Receipt(receipt.outcome(), receipt.atMicros(), receipt.balances(), Optional.empty());
  }

  Receipt toEnd(Hold hold) throws StoreException {
    long nextDeadline = deadline();
    List<Balance> balances = new ArrayList<>();
    for (Hold.Part part : hold.parts()) {
      balances.add(balance(part.counter(), part.bound(), 0, nextDeadline));
    }
    return new Receipt(outcome(), atMicros, balances, Optional.empty());
  }

  List<OpenHold> toOpenHolds() throws StoreException {
    List<OpenHold> holds = new ArrayList<>();
    while (next < values.size()) {
      holds.add(new OpenHold(text(), number(), text()));
    }
    return holds;
  }

  boolean isApplied() throws StoreException {
    return outcome() == Outcome.APPLIED;
  }

  Document toDocument() throws StoreException {
    long version = number();
    long writtenAt = number();
    return new Document(text(), version, writtenAt);
  }

  List<Rollups.Row> toRollupRows() throws StoreException {
    List<Rollups.Row> rows = new ArrayList<>();
    while (next < values.size()) {
      String key = text();
      List<Long> sums = new ArrayList<>();
      for (String sum : text().split(" ")) {
        if (!SUM.matcher(sum).matches()) {
          throw notUnderstood();
        }
        sums.add(Long.valueOf(sum));
      }
      rows.add(new Rollups.Row(key, sums));
    }
    return rows;
  }

  boolean isWritten() {
    return outcome.equals("WRITTEN");
  }

  private Balance balance(String counter, Bound bound, long amount, long nextDeadline)
      throws StoreException {
    if (bound instanceof Bucket bucket) {
      Bucket.Span level = new Bucket.Span(number(), number());
      return Balance.of(counter, bucket, level, amount, atMicros);
    }
    if (bound instanceof Surge surge) {
      Surge.State state =
          new Surge.State(number(), number(), new Calendar.Span(number(), number()), number());
      return Balance.of(counter, surge, state, atMicros, (int) number(), (int) number());
    }
    Calendar.Span window = new Calendar.Span(number(), number());
    long posted = number();
    long held = number();
    long exposure = number();
    int rungBefore = (int) number();
    int rung = (int) number();
    return Balance.of(
        counter,
        (Quota) bound,
        window,
        posted,
        held,
        exposure,
        amount,
        atMicros,
        nextDeadline,
        rungBefore,
        rung);
  }

  private long deadline() throws StoreException {
    long deadline = number();
    return deadline == NEVER ? Store.NEVER : deadline;
  }

  private long number() throws StoreException {
    if (take() instanceof Long number) {
      return number;
    }
    throw notUnderstood();
  }

  private String text() throws StoreException {
    return text(take());
  }

  private static String text(Object value) throws StoreException {
    if (value instanceof byte[] text) {
      return new String(text, StandardCharsets.UTF_8);
    }
    throw notUnderstood();
  }

  private Object take() throws StoreException {
    if (next == values.size()) {
      throw notUnderstood();
    }
    return values.get(next++);
  }

  private Outcome outcome() throws StoreException {
    for (Outcome each : Outcome.values()) {
      if (each.name().equals(outcome)) {
        return each;
      }
    }
    throw notUnderstood();
  }

  private static StoreException notUnderstood() {
    return new StoreException("outcome unknown: the server's answer is none of the script's");
  }
}
