package dev.tollgate.simulation;

import dev.tollgate.Reservation;

/**
 * A call that was let in and is not settled.
 *
 * @param atMicros when it was
 * @param inStore whether the store holds it, rather than the process alone
 * @param provider whose budget it belongs to, empty for none
 */
record OpenCall(Reservation reservation, long atMicros, boolean inStore, String provider) {

  long worstCost() {
    return reservation.worstCost();
  }

  /** By how much it costs more than it took. */
  long overrun(long cost) {
    return Math.max(0, cost - worstCost());
  }
}
