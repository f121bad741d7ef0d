/**
 * Counting, and nothing else: a store charges amounts against the bounded counters of an account.
 * It knows nothing of callers, tiers or routes.
 *
 * <h2>How is it designed, and why?</h2>
 *
 * <p>An <em>account</em> is one key: every counter of one caller lives under it, so that one round
 * trip decides a call. A <em>counter</em> is bounded by a {@link Bucket} (a rolling window) or a
 * {@link Quota} (a calendar window). {@link Store#reserve} checks every charge of a request and
 * then commits all of them, or none.
 *
 * <p>A reserve may leave a <em>hold</em>: its amounts count against the limits at once, are
 * replaced by the actual amounts when it is settled, and are released at its deadline when nobody
 * settles it. A hold's record is deleted when it is settled or cancelled, so a settlement whose
 * hold is unknown is a repetition and does nothing; an expired hold leaves a small tombstone for
 * {@link Store#TOMBSTONE_MICROS}, so that a late settlement is still charged, once.
 *
 * <p>The store's own clock is the only clock. Times are microseconds since 1970-01-01T00:00Z: that
 * is what Redis {@code TIME} gives and what Lua's numbers hold exactly (below 2^53, until the year
 * 2255). All amounts stay below {@link Store#MAX_AMOUNT} for the same reason.
 */
@NullMarked
package dev.tollgate.store;

import org.jspecify.annotations.NullMarked;
