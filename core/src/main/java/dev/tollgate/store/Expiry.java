package dev.tollgate.store;

/** What becomes of a hold that nobody settled by its deadline. */
public enum Expiry {
  /** What it held of quotas is given back; a settlement that comes later is charged. */
  RELEASED,
  /**
   * What it held of quotas is posted: it may have been used. A settlement that comes later puts
   * what was really used in its place.
   */
  CHARGED
}
