package dev.tollgate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When spending is abnormal.
 *
 * @param factorPercent how many percent of the normal speed are too much: 101 to 10000, such as 300
 * @param minutes how long it must last before it is halted: 1 to 60
 * @param fastPath whether three minutes in a row above twenty times the normal speed halt at once
 * @param expectedMonthly what each watched scope is expected to spend in a month, in nano-USD; a
 *     scope that is not named here is not watched; at most {@link #MAX_SCOPES}, kept in their order
 */
public record BreakerPolicy(
    int factorPercent, int minutes, boolean fastPath, Map<SpendScope, Long> expectedMonthly) {

  /** Scopes that can be watched: what processes know of so many fits into one document. */
  public static final int MAX_SCOPES = 64;

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
    expectedMonthly = Collections.unmodifiableMap(new LinkedHashMap<>(expectedMonthly));
    if (expectedMonthly.size() > MAX_SCOPES) {
      throw new IllegalArgumentException(
          expectedMonthly.size()
              + " scopes of spending are watched: at most "
              + MAX_SCOPES
              + " can be; expect spend of fewer providers, tiers and routes");
    }
    expectedMonthly.forEach(
        (scope, nanoUsd) -> {
          if (nanoUsd <= 0) {
            throw new IllegalArgumentException(
                "expected spend of " + scope.label() + " must be above 0");
          }
        });
  }
}
