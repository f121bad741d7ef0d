/**
 * The engine: callers, tiers and limits, and the reservation that every call makes.
 *
 * <p>A limit is a meter, an amount and a window. Every AI call is a transfer in two phases: it
 * reserves an estimate before, and settles the actual usage after, exactly once. A reservation that
 * nobody settles expires; overage is debt; a refusal charges nothing, anywhere.
 */
@NullMarked
package dev.tollgate;

import org.jspecify.annotations.NullMarked;
