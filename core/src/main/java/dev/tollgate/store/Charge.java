package dev.tollgate.store;

/**
 * An amount against one counter.
 *
 * @param counter the counter's name within its account: 1 to 128 characters
 * @param bound what bounds it
 * @param amount what the request takes: 0 to {@link Store#MAX_AMOUNT}; 0 still checks that the
 *     counter is not above its limit
 * @param worst the most that it may turn out to be: what must fit under a quota's hard limit
 * @param reduced what it takes instead, and may turn out to be at most, when any charge of the
 *     request passes a soft limit, or a hard one at its worst
 */
public record Charge(String counter, Bound bound, long amount, long worst, long reduced) {

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public Charge {
    if (counter.isEmpty() || counter.length() > 128) {
      throw new IllegalArgumentException("counter '" + counter + "' must have 1 to 128 characters");
    }
    Range.check("amount", amount, 0, Store.MAX_AMOUNT);
    Range.check("worst amount", worst, amount, Store.MAX_AMOUNT);
    Range.check("reduced amount", reduced, 0, Store.MAX_AMOUNT);
  }

  /** A charge that cannot turn out to be more. */
  public Charge(String counter, Bound bound, long amount, long reduced) {
    this(counter, bound, amount, amount, reduced);
  }

  /** A charge that has no other form. */
  public static Charge of(String counter, Bound bound, long amount) {
    return new Charge(counter, bound, amount, amount);
  }
}
