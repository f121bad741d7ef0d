package dev.tollgate.store;

/**
 * A hold that nobody has settled yet and whose deadline has not come.
 *
 * @param id the request's id
 * @param deadlineMicros when it expires unless it is settled
 * @param memo what the request said of it
 */
public record OpenHold(String id, long deadlineMicros, String memo) {}
