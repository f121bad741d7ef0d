package dev.tollgate.simulation;

/** What can go wrong. */
enum Fault {
  /** A request does not reach the store. */
  LOST_REQUEST,
  /** The store does what it is asked, and its answer does not come back. */
  LOST_REPLY,
  /** A request is given up by who sent it, and reaches the store later, after other ones. */
  LATE_REQUEST,
  /** A request reaches the store a second time, at once or later. */
  REPEATED_REQUEST,
  /**
   * The store comes back, or a replica takes its place, without the latest that it acknowledged.
   */
  LOST_TAIL,
  /** Some processes do not reach the store for a while. */
  PARTITION,
  /** A process dies before or after one of its operations on the store. */
  CRASH_IN_OPERATION,
  /** A process dies between two calls. */
  CRASH,
  /** A process is shut down in order, and started again. */
  RESTART,
  /** The clocks of processes are up to a minute off. */
  CLOCK_SKEW,
  /** The clock of a process jumps by up to four hours. */
  CLOCK_JUMP,
  /** A process goes by other limits from now on; the others do not yet. */
  RELOAD,
  /**
   * An operator raises, blocks or resets a caller, ends its open call or sets a breaker by hand.
   */
  OPERATOR,
  /** A call is never settled. */
  ABANDONED_CALL,
  /** A call is settled hours after it was reserved. */
  LATE_SETTLEMENT,
  /** A call uses more than it said it would. */
  OVERRUN
}
