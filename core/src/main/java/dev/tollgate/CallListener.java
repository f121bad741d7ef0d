package dev.tollgate;

/**
 * Hears of every call as it is decided and as it is charged, such as to count them.
 *
 * <p>It is told on the thread of the call, which waits for it: it must be quick and thread-safe.
 */
public interface CallListener {

  /** A call was let in, restricted or refused. */
  default void decided(Decision decision) {}

  /**
   * A call that was let in has ended.
   *
   * @param usage what it used
   * @param charged its row of the ledger
   */
  default void charged(Call call, Usage usage, CallRecord charged) {}
}
