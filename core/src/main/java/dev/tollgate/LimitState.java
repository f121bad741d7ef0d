package dev.tollgate;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How much of a limit a caller has used.
 *
 * @param limit the limit
 * @param used what was posted; for a rolling window what has not flowed back yet
 * @param held what is reserved and not settled
 * @param remaining what is left, negative when in debt
 * @param resetsAt when the window ends, or when the bucket will be full again
 * @param waitMicros how long until the call would fit, {@link Store#NEVER} when it never will
 */
public record LimitState(
    Limit limit, long used, long held, long remaining, Instant resetsAt, long waitMicros) {

  static LimitState of(Limit limit, Balance balance) {
    return new LimitState(
        limit,
        balance.posted(),
        balance.held(),
        balance.remaining(),
        instant(balance.endMicros()),
        balance.waitMicros());
  }

  /** Whether the call would fit now. */
  public boolean fits() {
    return waitMicros == 0;
  }

  /** How long until the call would fit; empty when it never will. */
  public Optional<Duration> untilFits() {
    return waitMicros == Store.NEVER
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.multiplyExact(waitMicros, 1000)));
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }
}
