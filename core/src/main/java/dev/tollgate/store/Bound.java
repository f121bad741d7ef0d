package dev.tollgate.store;

/** What bounds a counter: a rolling window or a calendar window. */
public sealed interface Bound permits Bucket, Quota {

  /** The largest amount that one charge can ever take: above it no waiting helps. */
  long capacity();
}
