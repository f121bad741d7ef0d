package dev.tollgate;

import dev.tollgate.store.Store;

/**
 * What a scope spent in a minute.
 *
 * @param settled nano-USD that calls cost
 * @param refused nano-USD that calls would likely have cost which were halted
 */
record MinuteSpend(long settled, long refused) {

  /**
   * Far above what can be, and small enough that a few of them can be added: about 9 million USD.
   */
  private static final long MOST = Store.MAX_AMOUNT;

  static final MinuteSpend NONE = new MinuteSpend(0, 0);

  MinuteSpend plus(MinuteSpend more) {
    return new MinuteSpend(
        Math.min(MOST, settled + more.settled), Math.min(MOST, refused + more.refused));
  }

  MinuteSpend minus(MinuteSpend less) {
    return new MinuteSpend(settled - less.settled, refused - less.refused);
  }

  long demand() {
    return Math.min(MOST, settled + refused);
  }
}
