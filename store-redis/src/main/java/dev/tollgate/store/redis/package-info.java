/**
 * Counters in Redis or Valkey, shared by many processes.
 *
 * <h2>How is it designed, and why?</h2>
 *
 * <p>One script decides. It runs inside the server, atomically, by the server's clock, so that any
 * number of processes agree; {@code tollgate-1.lua} tells the format and the rules. An account's
 * keys share one hash tag, so the same script works in a cluster.
 *
 * <p>Callers that arrive together travel together. A caller puts its operation into the queue of
 * its server's {@link dev.tollgate.store.redis.Line}. If a connection is free, the caller leads: it
 * takes what waits, sends it as one pipeline, reads the answers, wakes the others and hands the
 * connection on. So a lone caller waits for nobody, and many callers pay for few round trips. The
 * operations of one account in a batch become one script call, which answers each exactly. No
 * thread, timer or pool is needed.
 *
 * <p>Time is bounded: queue, connection and answer share one deadline. What is known not to have
 * happened, such as an operation that a cluster sent elsewhere, is asked again; what may have
 * happened is asked again only if its id makes that harmless.
 */
@NullMarked
package dev.tollgate.store.redis;

import org.jspecify.annotations.NullMarked;
