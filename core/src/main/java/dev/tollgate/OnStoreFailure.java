package dev.tollgate;

/** What happens to calls while the store does not answer. */
public enum OnStoreFailure {
  /** Limits are kept in this process, at their share of the nodes. */
  LOCAL,
  /** Every call is let in. */
  OPEN,
  /** Every call is refused. */
  CLOSED
}
