package dev.tollgate.store;

import java.util.List;

/**
 * What an admitted request took: what {@link Store#settle} and {@link Store#cancel} need to know.
 * Its id and its deadline tell it from any other hold of its account: a request that arrives once
 * more after its hold has ended takes another one, with another deadline.
 *
 * @param account the account
 * @param id the request's id
 * @param deadlineMicros when it expires unless it is settled; 0 if it was posted at once
 * @param parts one for each charge of the request, in its order
 */
public record Hold(String account, String id, long deadlineMicros, List<Part> parts) {

  public Hold {
    parts = List.copyOf(parts);
  }

  /**
   * One charge that was taken.
   *
   * @param counter the counter
   * @param bound what bounds it
   * @param amount what was taken
   * @param worst the most that it may turn out to be: at least the amount
   * @param markMicros the start of the quota's window, or the bucket's theoretical arrival time
   *     after the charge
   */
  public record Part(String counter, Bound bound, long amount, long worst, long markMicros) {

    /** A part that cannot turn out to be more. */
    public Part(String counter, Bound bound, long amount, long markMicros) {
      this(counter, bound, amount, amount, markMicros);
    }

    /** The same, bounded otherwise. */
    public Part within(Bound other) {
      return new Part(counter, other, amount, worst, markMicros);
    }
  }

  Hold withDeadline(long micros) {
    return new Hold(account, id, micros, parts);
  }

  /** Whether the store keeps a record of it, to be settled. */
  public boolean isKept() {
    return deadlineMicros > 0;
  }

  /**
   * Checks what it is to be settled with.
   *
   * @throws IllegalArgumentException when it was posted at once, when {@code actual} has not one
   *     amount from 0 to {@link Store#MAX_AMOUNT} for each part, or the row is too long
   */
  public void requireSettleable(List<Long> actual, String row) {
    if (!isKept()) {
      throw new IllegalArgumentException("hold " + id + " was posted at once");
    }
    if (actual.size() != parts.size()) {
      throw new IllegalArgumentException(
          actual.size() + " actual amounts for " + parts.size() + " parts of a hold");
    }
    for (long amount : actual) {
      Range.check("actual amount", amount, 0, Store.MAX_AMOUNT);
    }
    Range.check("row length", row.length(), 0, Store.MAX_ROW_LENGTH);
  }
}
