package dev.tollgate;

import dev.tollgate.store.OpenHold;
import java.time.Instant;
import java.util.Optional;

/**
 * A call under way, as the store knows it.
 *
 * @param call what is reserved for it: its outcome is {@link CallRecord.Outcome#UNSETTLED}
 * @param expiresAt when what it holds is given back, unless it is settled
 */
public record OpenCall(CallRecord call, Instant expiresAt) {

  /** Empty when another version wrote the memo in another form. */
  static Optional<OpenCall> of(OpenHold hold) {
    return CallRecord.ofRow(hold.memo())
        .map(call -> new OpenCall(call, LimitState.instant(hold.deadlineMicros())));
  }
}
