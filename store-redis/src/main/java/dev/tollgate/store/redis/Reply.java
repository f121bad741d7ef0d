package dev.tollgate.store.redis;

import java.util.List;

/** What became of an operation. Immutable. */
sealed interface Reply {

  /**
   * The script's answer.
   *
   * @param values numbers as {@code Long}, texts as {@code byte[]}
   */
  record Answer(List<?> values) implements Reply {}

  /** It did not happen, and another server may have the account now. */
  record Elsewhere(Exception cause) implements Reply {}

  /** It did not happen. */
  record NotDone(String why, Exception cause) implements Reply {}

  /** It may have happened. */
  record Unknown(String why, Exception cause) implements Reply {}
}
