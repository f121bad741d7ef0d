package dev.tollgate;

import dev.tollgate.store.Store;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Dollars as whole nano-USD, exact at the edges. */
public final class Money {

  private static final int SCALE = 9;

  private Money() {}

  /**
   * Nano-USD, rounded up.
   *
   * @throws IllegalArgumentException when the amount is negative or above {@link Store#MAX_AMOUNT}
   *     nano-USD, about 9 million dollars
   */
  public static long nanoUsd(BigDecimal usd) {
    BigDecimal nanos = usd.movePointRight(SCALE).setScale(0, RoundingMode.CEILING);
    if (nanos.signum() < 0 || nanos.compareTo(BigDecimal.valueOf(Store.MAX_AMOUNT)) > 0) {
      throw new IllegalArgumentException(
          usd.toPlainString() + " USD is not in 0 to " + usd(Store.MAX_AMOUNT).toPlainString());
    }
    return nanos.longValueExact();
  }

  /** Dollars, exactly. */
  public static BigDecimal usd(long nanoUsd) {
    BigDecimal exact = BigDecimal.valueOf(nanoUsd, SCALE).stripTrailingZeros();
    return exact.scale() < 2 ? exact.setScale(2) : exact;
  }
}
