/**
 * Limits on annotated methods: {@link dev.tollgate.cdi.RateLimited} counts their calls, {@link
 * dev.tollgate.cdi.AiCost} reserves what they will use, restricts them and settles what they used.
 *
 * <p>A refused call throws {@link dev.tollgate.RefusedException}. Jakarta REST and Servlet pass it
 * on to the filter, which answers as it answers its own refusals; an application that maps it to an
 * answer of its own is free to.
 */
@NullMarked
package dev.tollgate.cdi;

import org.jspecify.annotations.NullMarked;
