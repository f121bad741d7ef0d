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
import dev.tollgate.store.Surge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads what the script answers to one operation, from front to back. Used by one thread. */
final class Answer {

  /** The script's "later than any time". */
  private static final long NEVER = 1L << 53;

  private final List<?> values;
  private final String outcome;
  private final long atMicros;
  private int next;

  /**
   * @param values numbers as {@code Long}, texts as {@code byte[]}: an outcome, the server's time,
   *     and what the operation adds
   */
  Answer(List<?> values) {
    this.values = values;
    this.outcome = text();
    this.atMicros = number();
  }

  /** The rows of a journal: the one answer that has no outcome. */
  static List<String> rows(List<?> values) {
    return values.stream().map(row -> new String((byte[]) row, StandardCharsets.UTF_8)).toList();
  }

  /** Whether the windows that were sent did not contain the server's time. */
  boolean isStale() {
    return outcome.equals("STALE");
  }

  long atMicros() {
    return atMicros;
  }

  Receipt toReserve(Request request) {
    long nextDeadline = deadline();
    long holdDeadline = number();
    List<Balance> balances = new ArrayList<>();
    List<Hold.Part> parts = new ArrayList<>();
    for (Charge charge : request.charges()) {
      long wanted = number();
      parts.add(new Hold.Part(charge.counter(), charge.bound(), number(), number()));
      balances.add(balance(charge.counter(), charge.bound(), wanted, nextDeadline));
    }
    Outcome decided = Outcome.valueOf(outcome);
    Hold hold = new Hold(request.account(), request.id(), holdDeadline, parts);
    return new Receipt(
        decided,
        atMicros,
        balances,
        decided == Outcome.REFUSED ? Optional.empty() : Optional.of(hold));
  }

  /** As for a reserve, which took nothing. */
  Receipt toRead(Request request) {
    Receipt receipt = toReserve(request);
    return new Receipt(receipt.outcome(), receipt.atMicros(), receipt.balances(), Optional.empty());
  }

  Receipt toEnd(Hold hold) {
    long nextDeadline = deadline();
    List<Balance> balances = new ArrayList<>();
    for (Hold.Part part : hold.parts()) {
      balances.add(balance(part.counter(), part.bound(), 0, nextDeadline));
    }
    return new Receipt(Outcome.valueOf(outcome), atMicros, balances, Optional.empty());
  }

  List<OpenHold> toOpenHolds() {
    List<OpenHold> holds = new ArrayList<>();
    while (next < values.size()) {
      holds.add(new OpenHold(text(), number(), text()));
    }
    return holds;
  }

  boolean isApplied() {
    return outcome.equals(Outcome.APPLIED.name());
  }

  Document toDocument() {
    long version = number();
    long writtenAt = number();
    return new Document(text(), version, writtenAt);
  }

  List<Rollups.Row> toRollupRows() {
    List<Rollups.Row> rows = new ArrayList<>();
    while (next < values.size()) {
      String key = text();
      rows.add(new Rollups.Row(key, Arrays.stream(text().split(" ")).map(Long::valueOf).toList()));
    }
    return rows;
  }

  boolean isWritten() {
    return outcome.equals("WRITTEN");
  }

  private Balance balance(String counter, Bound bound, long amount, long nextDeadline) {
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
    int rungBefore = (int) number();
    int rung = (int) number();
    return Balance.of(
        counter,
        (Quota) bound,
        window,
        posted,
        held,
        amount,
        atMicros,
        nextDeadline,
        rungBefore,
        rung);
  }

  private long deadline() {
    long deadline = number();
    return deadline == NEVER ? Store.NEVER : deadline;
  }

  private long number() {
    return (Long) take();
  }

  private String text() {
    return new String((byte[]) take(), StandardCharsets.UTF_8);
  }

  private Object take() {
    return values.get(next++);
  }
}
