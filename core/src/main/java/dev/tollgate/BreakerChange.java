package dev.tollgate;

import java.util.Optional;

/**
 * What is to be told of a breaker.
 *
 * @param status as it is since then
 * @param ended the operator's order that has ended, and with it the only news unless the state is
 *     another one
 */
record BreakerChange(BreakerStatus status, Optional<BreakerControl> ended) {

  /** One that came into another state. */
  static BreakerChange of(BreakerStatus status) {
    return new BreakerChange(status, Optional.empty());
  }
}
