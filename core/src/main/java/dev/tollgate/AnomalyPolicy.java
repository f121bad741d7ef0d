package dev.tollgate;

import java.util.Map;

/**
 * What happens when one caller's requests suddenly grow many times over.
 *
 * @param action what is done about it
 * @param expectedDaily how many requests a caller of a tier makes on a day, until it is known how
 *     many this one makes: by tier, 1 to 1,000,000,000
 */
public record AnomalyPolicy(Action action, Map<String, Long> expectedDaily) {

  /** Nobody is watched. */
  public static final AnomalyPolicy OFF = new AnomalyPolicy(Action.OFF, Map.of());

  /** For tiers that are not named. */
  public static final long DEFAULT_EXPECTED_DAILY = 50;

  /** What is done about a caller whose use is abnormal, for 24 hours. */
  public enum Action {
    OFF,
    ALERT,
    RESTRICT,
    BLOCK
  }

  /**
   * @throws IllegalArgumentException when an expectation is out of its range
   */
  public AnomalyPolicy {
    expectedDaily = Map.copyOf(expectedDaily);
    expectedDaily.forEach(
        (tier, requests) -> {
          if (requests < 1 || requests > 1_000_000_000L) {
            throw new IllegalArgumentException(
                "expected requests of tier " + tier + ", " + requests + ", are not in 1 to 10^9");
          }
        });
  }

  /** How many requests a day are expected of a caller of this tier. */
  public long expectedDaily(String tier) {
    return expectedDaily.getOrDefault(tier, DEFAULT_EXPECTED_DAILY);
  }
}
