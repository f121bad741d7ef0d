package dev.tollgate.store;

import java.util.List;
import java.util.Optional;

/**
 * A store's answer.
 *
 * @param outcome what happened, or for a read what a reserve would have done
 * @param atMicros the store's time
 * @param balances one for each charge, in the order of the request
 * @param admitted what was taken; empty unless the outcome of a reserve is FULL or REDUCED, or what
 *     {@link ReplicatedStore#reserve} says
 */
public record Receipt(
    Outcome outcome, long atMicros, List<Balance> balances, Optional<Hold> admitted) {

  public Receipt {
    balances = List.copyOf(balances);
  }

  /** What an operation did. */
  public enum Outcome {
    /** Reserve: every full amount was taken. */
    FULL,
    /** Reserve: a soft limit would have been passed; every reduced amount was taken. */
    REDUCED,
    /**
     * Reserve: a hard limit would have been passed, or too many holds are open: nothing was taken.
     */
    REFUSED,
    /** Settle, cancel: done. */
    APPLIED,
    /** Settle, cancel: the hold had expired; a settlement was charged all the same. */
    LATE,
    /** Settle, cancel: it had been done before; nothing changed. */
    REPEATED
  }
}
