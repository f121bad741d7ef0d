package dev.tollgate.store;

/** How well a store keeps what it was told: the best comes first. */
public enum Durability {
  /** It writes down what it is told: a restart loses seconds at most. */
  KEPT,
  /** A restart loses everything. */
  LOST_AT_RESTART,
  /** It drops what it was told at any time, when it needs room. */
  EVICTED
}
