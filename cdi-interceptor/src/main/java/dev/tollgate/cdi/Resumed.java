package dev.tollgate.cdi;

import dev.tollgate.Criticality;

/**
 * The event that calls of a criticality, which were halted because spending was abnormal, may go
 * on: see {@link dev.tollgate.Tollgate#paused}. It is fired in every process, for asynchronous
 * observers first, then for the others, who run on the engine's thread and keep it waiting.
 *
 * @param criticality {@link Criticality#OPTIONAL} or {@link Criticality#BACKGROUND}
 */
public record Resumed(Criticality criticality) {}
