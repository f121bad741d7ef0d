/**
 * A small AI chat application behind Tollgate. Servlets read requests, {@link
 * dev.tollgate.sample.ChatService} makes the calls, a {@link dev.tollgate.sample.Provider} answers
 * them.
 */
@NullMarked
package dev.tollgate.sample;

import org.jspecify.annotations.NullMarked;
