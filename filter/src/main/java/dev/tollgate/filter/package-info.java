/**
 * The servlet filter: which requests are calls, who makes them, and how refusals are told.
 *
 * <p>{@link dev.tollgate.filter.TollgateFilter} is the only API.
 */
@NullMarked
package dev.tollgate.filter;

import org.jspecify.annotations.NullMarked;
