package dev.tollgate.simulation;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Rollups.Addition;
import dev.tollgate.store.Rollups.Row;
import dev.tollgate.store.Store;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the store was asked and answered, and what must be in it therefore: an account book for
 * every account, and the sums of every process. Checks each answer against them.
 */
final class Ledger {

  /** How a hold ended. */
  record Resolution(Hold hold, List<Long> actual, int times) {}

  private record Numbered(String rollup, String writer) {}

  private final Map<String, AccountBook> books = new LinkedHashMap<>();
  private final Map<String, Resolution> resolutions = new HashMap<>();
  private final Map<Numbered, Long> sequences = new HashMap<>();

  /** What each process has brought to the rollups: by process and rollup. */
  private final Map<Integer, Map<String, Sums>> brought = new HashMap<>();

  private final Map<String, Sums> rollups = new TreeMap<>();
  private final Map<String, Long> forgotten = new HashMap<>();

  /** The first values of rows, added up: those of {@code dev.tollgate.Totals}. */
  record Sums(long cost, long requests, long restricted, long refused, long tokens) {

    static final Sums NOTHING = new Sums(0, 0, 0, 0, 0);

    Sums plus(Sums other) {
      return new Sums(
          cost + other.cost,
          requests + other.requests,
          restricted + other.restricted,
          refused + other.refused,
          tokens + other.tokens);
    }

    /** Whether nothing is more than in the other one. */
    boolean isWithin(Sums most) {
      return cost <= most.cost
          && requests <= most.requests
          && restricted <= most.restricted
          && refused <= most.refused
          && tokens <= most.tokens;
    }

    static Sums of(List<Row> rows) {
      return rows.stream().map(Sums::of).reduce(NOTHING, Sums::plus);
    }

    private static Sums of(Row row) {
      List<Long> values = row.values();
      return new Sums(
          values.get(0),
          values.get(1),
          values.get(2),
          values.get(3),
          values.get(4) + values.get(5));
    }
  }

  void reserved(Request request, Receipt receipt) {
    inRange(receipt);
    AccountBook book = book(request.account());
    book.expire(receipt.atMicros());
    look(book, request.charges(), receipt);
    Optional<Hold> live = book.live(request.id());
    if (live.isPresent()) {
      Violation.unless(
          receipt.admitted().filter(hold -> isSame(hold, live.get())).isPresent(),
          "a repeated reserve of %s took another hold: %s, not %s",
          request.id(),
          receipt.admitted(),
          live);
    } else if (receipt.outcome() == Outcome.REFUSED) {
      refused(request, receipt, book);
    } else {
      admitted(request, receipt, book);
    }
    book.check(receipt);
  }

  /** A repetition may name other bounds, as its process may go by other limits by then. */
  private static boolean isSame(Hold hold, Hold other) {
    return hold.id().equals(other.id())
        && hold.deadlineMicros() == other.deadlineMicros()
        && amounts(hold).equals(amounts(other));
  }

  private static List<String> amounts(Hold hold) {
    return hold.parts().stream()
        .map(part -> part.counter() + " " + part.amount() + " " + part.markMicros())
        .toList();
  }

  private void refused(Request request, Receipt receipt, AccountBook book) {
    Violation.unless(receipt.admitted().isEmpty(), "refused %s and took it", request);
    Violation.unless(
        receipt.balances().stream().anyMatch(balance -> balance.waitMicros() > 0)
            || book.liveHolds() >= Store.MAX_HOLDS,
        "refused %s, and nothing was in its way: %s",
        request,
        receipt);
  }

  private void admitted(Request request, Receipt receipt, AccountBook book) {
    Hold hold = receipt.admitted().orElseThrow();
    Violation.unless(
        isWhole(request, hold), "took something else than was asked: %s of %s", hold, request);
    book.take(hold, request.expiry(), receipt.atMicros());
    for (Charge charge : request.charges()) {
      book.checkBound(charge, receipt.atMicros());
    }
  }

  /** Every charge was taken, and all of them in the same one of their forms. */
  private static boolean isWhole(Request request, Hold hold) {
    List<Long> taken = hold.parts().stream().map(Hold.Part::amount).toList();
    List<Long> worst = hold.parts().stream().map(Hold.Part::worst).toList();
    List<String> counters = hold.parts().stream().map(Hold.Part::counter).toList();
    List<Charge> charges = request.charges();
    return counters.equals(charges.stream().map(Charge::counter).toList())
        && (taken.equals(charges.stream().map(Charge::amount).toList())
                && worst.equals(charges.stream().map(Ledger::worst).toList())
            || taken.equals(charges.stream().map(Charge::reduced).toList()) && worst.equals(taken));
  }

  private static long worst(Charge charge) {
    return charge.bound() instanceof Quota ? charge.worst() : charge.amount();
  }

  void settled(Hold hold, List<Long> actual, Receipt receipt) {
    inRange(receipt);
    AccountBook book = current(hold, receipt);
    ended(hold, actual, receipt, book.settle(hold, actual, receipt.atMicros()));
    book.check(receipt);
  }

  void restored(Hold hold, Expiry expiry, Optional<Hold> answer, long now) {
    AccountBook book = book(hold.account());
    book.expire(now);
    if (book.knows(hold.id())) {
      Violation.unless(
          answer.isEmpty() || answer.get().deadlineMicros() == hold.deadlineMicros(),
          "restoring %s found %s",
          hold,
          answer);
    } else {
      Violation.unless(answer.isPresent(), "%s is not restored", hold);
      hold.parts().forEach(part -> book.look(part.counter(), part.bound(), now));
      answer.ifPresent(again -> book.take(again, expiry, now));
    }
  }

  void cancelled(Hold hold, Receipt receipt) {
    inRange(receipt);
    AccountBook book = current(hold, receipt);
    if (hold.isKept()) {
      List<Long> nothing = hold.parts().stream().map(part -> 0L).toList();
      ended(hold, nothing, receipt, book.cancel(hold, receipt.atMicros()));
    } else {
      book.refund(hold, receipt.atMicros());
    }
    book.check(receipt);
  }

  /** The account book of a hold as of the time of the answer, and by the bounds of the hold. */
  private AccountBook current(Hold hold, Receipt receipt) {
    AccountBook book = book(hold.account());
    book.expire(receipt.atMicros());
    hold.parts().forEach(part -> book.look(part.counter(), part.bound(), receipt.atMicros()));
    return book;
  }

  private void ended(Hold hold, List<Long> actual, Receipt receipt, Outcome expected) {
    Violation.unless(
        receipt.outcome() == expected,
        "ending %s is %s, and must be %s",
        hold,
        receipt.outcome(),
        expected);
    if (expected != Outcome.REPEATED) {
      int before = resolution(hold.id()).map(Resolution::times).orElse(0);
      resolutions.put(hold.id(), new Resolution(hold, List.copyOf(actual), before + 1));
    }
  }

  void read(String account, List<Charge> charges, Receipt receipt) {
    inRange(receipt);
    AccountBook book = book(account);
    book.expire(receipt.atMicros());
    look(book, charges, receipt);
    book.check(receipt);
  }

  private static void look(AccountBook book, List<Charge> charges, Receipt receipt) {
    charges.forEach(charge -> book.look(charge.counter(), charge.bound(), receipt.atMicros()));
  }

  /** A hold was ended before its deadline, if it was live. */
  void released(String account, String id, boolean done, long now) {
    AccountBook book = book(account);
    book.expire(now);
    Violation.unless(
        done == book.live(id).isPresent(), "expiring %s of %s did %b", id, account, done);
    book.expireNow(id);
  }

  void reset(String account, long atMicros) {
    AccountBook book = book(account);
    book.expire(atMicros);
    book.reset(atMicros);
  }

  /**
   * @param process whose addition it is
   */
  void added(int process, Addition addition, long now) {
    Numbered numbered = new Numbered(addition.rollup(), addition.writer());
    if (addition.sequence() <= sequences.getOrDefault(numbered, 0L)) {
      return;
    }
    sequences.put(numbered, addition.sequence());
    Sums sums = Sums.of(addition.rows());
    rollups.merge(addition.rollup(), sums, Sums::plus);
    forgotten.merge(addition.rollup(), now + addition.keepMicros(), Math::max);
    brought
        .computeIfAbsent(process, absent -> new TreeMap<>())
        .merge(addition.rollup(), sums, Sums::plus);
  }

  /** What a process has brought to the rollups whose names begin so. */
  Sums brought(int process, String prefix) {
    return brought.getOrDefault(process, Map.of()).entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .map(Map.Entry::getValue)
        .reduce(Sums.NOTHING, Sums::plus);
  }

  /** The sums of the rollups that the store must still have, by name. */
  Map<String, Sums> rollups(long now) {
    Map<String, Sums> kept = new TreeMap<>(rollups);
    kept.keySet().removeIf(rollup -> forgotten.getOrDefault(rollup, 0L) <= now);
    return kept;
  }

  /** Posts or releases what has come to its deadline in every account. */
  void expire(long now) {
    books.values().forEach(book -> book.expire(now));
  }

  Map<String, AccountBook> books() {
    return books;
  }

  AccountBook book(String account) {
    return books.computeIfAbsent(account, AccountBook::new);
  }

  /** How often a settlement or a cancellation has changed something. */
  long timesSettled() {
    return resolutions.values().stream().mapToLong(Resolution::times).sum();
  }

  /** How a hold was settled or cancelled, if it was. */
  Optional<Resolution> resolution(String id) {
    return Optional.ofNullable(resolutions.get(id));
  }

  private static void inRange(Receipt receipt) {
    for (Balance balance : receipt.balances()) {
      Violation.unless(
          isAmount(balance.posted()) && isAmount(balance.held()),
          "a counter is out of its range: %s",
          balance);
    }
  }

  private static boolean isAmount(long amount) {
    return amount >= 0 && amount <= Store.MAX_AMOUNT;
  }
}
