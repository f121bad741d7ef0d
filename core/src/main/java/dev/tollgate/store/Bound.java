package dev.tollgate.store;

/** What bounds a counter: a rolling window, a calendar window, or what is normal for it. */
public sealed interface Bound permits Bucket, Quota, Surge {

  /** The largest amount that one charge can ever take: above it no waiting helps. */
  long capacity();
}
