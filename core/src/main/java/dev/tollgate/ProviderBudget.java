package dev.tollgate;

import dev.tollgate.store.Store;

/**
 * The hard limit of one provider key: the most that all callers together may spend with it.
 *
 * @param provider the name of the {@link Provider}
 * @param limit cost in a calendar window
 * @param essentialReserve nano-USD at the end of the limit that only essential calls may spend: 0
 *     to the limit's amount
 * @param slice nano-USD that a process leases at a time: 1 to the limit's amount. What is left
 *     unspent when the limit is reached is less than this for each process
 */
public record ProviderBudget(String provider, Limit limit, long essentialReserve, long slice) {

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public ProviderBudget {
    if (limit.meter() != Meter.COST || !limit.isQuota()) {
      throw new IllegalArgumentException(
          "the hard limit of provider " + provider + " must be a cost in a day or month");
    }
    check("essential reserve", essentialReserve, 0, limit.amount());
    check("slice", slice, 1, limit.amount());
  }

  private static void check(String what, long amount, long min, long max) {
    if (amount < min || amount > Math.min(max, Store.MAX_AMOUNT)) {
      throw new IllegalArgumentException(what + " " + amount + " is not in " + min + " to " + max);
    }
  }
}
