package dev.tollgate;

import java.time.Duration;

/**
 * What an operator has told a scope's breaker. All but the first end by themselves, for a breaker
 * that somebody forgot to set free again protects nobody.
 */
public enum BreakerControl {
  /** It goes by the speed of spending. */
  AUTOMATIC,
  /** It is open. */
  OPEN,
  /** It is closed, and learns the new speed of spending. */
  CLOSED,
  /** It stays as it is. */
  HELD;

  /** How long an order lasts unless something else is said. */
  public static final Duration USUAL_TIME = Duration.ofHours(24);

  /** How long an order may last. */
  public static final Duration MAX_TIME = Duration.ofDays(30);
}
