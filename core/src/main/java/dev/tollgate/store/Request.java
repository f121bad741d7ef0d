package dev.tollgate.store;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one reserve asks for: all of its charges, or none.
 *
 * @param account the key that all counters live under: 1 to 256 characters
 * @param id names this request: asking again with the same id while its hold lives gives the first
 *     answer again and charges nothing
 * @param charges 0 to {@link #MAX_CHARGES}, each against another counter
 * @param holdMicros how long the hold may live, up to {@link #MAX_HOLD_MICROS}; 0 posts the amounts
 *     at once and leaves no hold
 * @param expiry what becomes of the hold if nobody settles it
 * @param memo a row for the account's journal, written if the hold expires: at most {@link
 *     Store#MAX_ROW_LENGTH} characters
 */
public record Request(
    String account, String id, List<Charge> charges, long holdMicros, Expiry expiry, String memo) {

  public static final int MAX_ACCOUNT_LENGTH = 256;
  public static final int MAX_CHARGES = 40;
  public static final long MAX_HOLD_MICROS = 86_400_000_000L;

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public Request {
    if (account.isEmpty() || account.length() > MAX_ACCOUNT_LENGTH) {
      throw new IllegalArgumentException("account must have 1 to 256 characters");
    }
    if (id.isEmpty() || id.length() > 64) {
      throw new IllegalArgumentException("id '" + id + "' must have 1 to 64 characters");
    }
    charges = List.copyOf(charges);
    Range.check("number of charges", charges.size(), 0, MAX_CHARGES);
    Set<String> counters = new HashSet<>();
    for (Charge charge : charges) {
      if (!counters.add(charge.counter())) {
        throw new IllegalArgumentException("counter '" + charge.counter() + "' is charged twice");
      }
    }
    Range.check("hold", holdMicros, 0, MAX_HOLD_MICROS);
    Range.check("memo length", memo.length(), 0, Store.MAX_ROW_LENGTH);
  }

  /** A request whose hold is released when it expires. */
  public Request(String account, String id, List<Charge> charges, long holdMicros, String memo) {
    this(account, id, charges, holdMicros, Expiry.RELEASED, memo);
  }

  Request withAccount(String other) {
    return new Request(other, id, charges, holdMicros, expiry, memo);
  }
}
