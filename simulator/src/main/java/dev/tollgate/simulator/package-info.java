/** Replays a trace of calls through the real engine, and reports what it would have done. */
@NullMarked
package dev.tollgate.simulator;

import org.jspecify.annotations.NullMarked;
