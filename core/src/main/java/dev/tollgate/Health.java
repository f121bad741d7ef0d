package dev.tollgate;

/**
 * How the engine is.
 *
 * @param degraded whether the store did not answer when it was last asked
 * @param journalledSettlements settlements and cancellations that the store has not acknowledged
 *     yet, and those of calls that were let in without it
 * @param lostSettlements those that found the journal full
 * @param droppedAlerts alerts that found the queue of the engine or of a listener full, or the
 *     engine closed
 */
public record Health(
    boolean degraded, int journalledSettlements, long lostSettlements, long droppedAlerts) {}
