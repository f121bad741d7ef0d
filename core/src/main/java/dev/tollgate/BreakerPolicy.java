package dev.tollgate;

import java.util.Map;

/**
 * When spending is abnormal.
 *
 * @param factorPercent how many percent of the normal speed are too much: 101 to 10000, such as 300
 * @param minutes how long it must last before it is halted: 1 to 60
 * @param fastPath whether three minutes in a row above twenty times the normal speed halt at once
 * @param expectedMonthly what each watched scope is expected to spend in a month, in nano-USD; a
 *     scope that is not named here is not watched
 */
public record BreakerPolicy(
    int factorPercent, int minutes, boolean fastPath, Map<SpendScope, Long> expectedMonthly) {

  /** Watches nothing. */
  public static final BreakerPolicy OFF = new BreakerPolicy(300, 10, false, Map.of());

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public BreakerPolicy {
    if (factorPercent < 101 || factorPercent > 10_000) {
      throw new IllegalArgumentException(
          "breaker factor of " + factorPercent + " % is not in 101 to 10000");
    }
    if (minutes < 1 || minutes > 60) {
      throw new IllegalArgumentException("breaker minutes " + minutes + " are not in 1 to 60");
    }
    expectedMonthly = Map.copyOf(expectedMonthly);
    expectedMonthly.forEach(
        (scope, nanoUsd) -> {
          if (nanoUsd <= 0) {
            throw new IllegalArgumentException(
                "expected spend of " + scope.label() + " must be above 0");
          }
        });
  }
}
