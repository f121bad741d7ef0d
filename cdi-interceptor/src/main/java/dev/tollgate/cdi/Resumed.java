package dev.tollgate.cdi;

import dev.tollgate.Criticality;

/**
 * The event that calls of a criticality, which were halted because spending was abnormal, may go
 * on: see {@link dev.tollgate.Tollgate#paused}. It is fired in every process, for asynchronous
 * observers first, then for the others, who run on a thread for this event and may take their time:
 * calls that go on again meanwhile are told once, after it.
 *
 * @param criticality {@link Criticality#OPTIONAL} or {@link Criticality#BACKGROUND}
 */
public record Resumed(Criticality criticality) {}
