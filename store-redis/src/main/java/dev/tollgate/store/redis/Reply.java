package dev.tollgate.store.redis;

import java.util.List;
import redis.clients.jedis.HostAndPort;

/** What became of an operation. Immutable. */
sealed interface Reply {

  /**
   * The script's answer.
   *
   * @param values numbers as {@code Long}, texts as {@code byte[]}
   * @param outlives whether what was written is thought to outlive the server, if that was asked
   * @param server who said it
   */
  record Answer(List<?> values, boolean outlives, HostAndPort server) implements Reply {}

  /**
   * It did not happen: another node has the account.
   *
   * @param isOnce whether only this operation goes there, and the account's slot stays where it is
   */
  record Redirected(HostAndPort node, int slot, boolean isOnce, Exception cause) implements Reply {}

  /** It did not happen, and may soon, here or elsewhere. */
  record Postponed(String why, Exception cause) implements Reply {}

  /** It did not happen, because the server will not do it. */
  record Refused(String why, Exception cause) implements Reply {}

  /** It did not happen, because it did not get to a server. */
  record NotSent(String why, Exception cause) implements Reply {}

  /** It may have happened. */
  record Unknown(String why, Exception cause) implements Reply {}

  /** Whether a server has said this: then it is answering. */
  default boolean isFromServer() {
    return !(this instanceof NotSent) && !(this instanceof Unknown);
  }
}
