package dev.tollgate;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * How many different callers there were: the smallest hashes of their ids say so, exactly up to
 * {@link #KEPT} callers and to within a tenth or so above. Sketches of several processes add up to
 * the one of all. Thread-safe.
 *
 * <p>That is the k minimum values of Bar-Yossef et al., Counting distinct elements in a data stream
 * (2002): if the k-th smallest of n hashes is the part p of their range, n is about (k - 1) / p.
 */
final class CallerSketch {

  static final int KEPT = 128;

  private static final double RANGE = 0x1p64;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final TreeSet<Long> smallest = new TreeSet<>(Long::compareUnsigned);

  /** Larger hashes are not kept. */
  private volatile long largestKept = -1;

  void add(String caller) {
    add(hash(caller));
  }

  /** Adds what {@link #hashes} gave. */
  void add(long hash) {
    if (Long.compareUnsigned(hash, largestKept) < 0) {
      keep(hash);
    }
  }

  private synchronized void keep(long hash) {
    smallest.add(hash);
    if (smallest.size() > KEPT) {
      smallest.pollLast();
    }
    if (smallest.size() == KEPT) {
      largestKept = smallest.last();
    }
  }

  synchronized List<Long> hashes() {
    return new ArrayList<>(smallest);
  }

  synchronized long count() {
    if (smallest.size() < KEPT) {
      return smallest.size();
    }
    return Math.round((KEPT - 1) / (unsigned(smallest.last()) / RANGE));
  }

  private static double unsigned(long hash) {
    double half = (hash >>> 1) * 2.0;
    return half + (hash & 1);
  }

  /** FNV-1a, and the finish of MurmurHash3: ids that differ in a digit are far apart. */
  private static long hash(String caller) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < caller.length(); i++) {
      hash = (hash ^ caller.charAt(i)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
