package dev.tollgate.store;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The state of a bucket: its theoretical arrival time. Guarded by its account. */
final class BucketCounter {

  private long tatMicros;
  private long remainder;
  private long limit;

  BucketCounter(Bucket bucket) {
    this(0, 0, bucket.limit());
  }

  private BucketCounter(long tatMicros, long remainder, long limit) {
    this.tatMicros = tatMicros;
    this.remainder = remainder;
    this.limit = limit;
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(tatMicros);
    out.writeLong(remainder);
    out.writeLong(limit);
  }

  static BucketCounter read(DataInput in) throws IOException {
    return new BucketCounter(in.readLong(), in.readLong(), in.readLong());
  }

  /** How long until the bucket is full again. */
  Bucket.Span level(Bucket bucket, long now) {
    convertTo(bucket, now);
    return tatMicros < now ? new Bucket.Span(0, 0) : new Bucket.Span(tatMicros - now, remainder);
  }

  /**
   * Keeps the amount that is counted when the limit was changed: the time in which it flows back
   * changes with it. A double is exact enough: it is a microsecond off at most, against the caller.
   */
  private void convertTo(Bucket bucket, long now) {
    if (limit == bucket.limit()) {
      return;
    }
    long level = Math.max(0, tatMicros - now) + (remainder > 0 ? 1 : 0);
    double converted = Math.ceil((double) level * (double) limit / (double) bucket.limit());
    tatMicros = now + (long) Math.min(converted, Bucket.MAX_LEVEL_MICROS);
    remainder = 0;
    limit = bucket.limit();
  }

  boolean fits(Bucket bucket, long amount, long now) {
    return amount <= bucket.capacity() && bucket.waitMicros(level(bucket, now), amount) == 0;
  }

  void add(Bucket bucket, long amount, long now) {
    Bucket.Span level = level(bucket, now);
    Bucket.Span cost = bucket.span(amount);
    long micros = level.micros() + cost.micros();
    long rest = level.remainder() + cost.remainder();
    if (rest >= limit) {
      micros++;
      rest -= limit;
    }
    boolean capped = micros >= Bucket.MAX_LEVEL_MICROS;
    tatMicros = now + (capped ? Bucket.MAX_LEVEL_MICROS : micros);
    remainder = capped ? 0 : rest;
  }

  /** Gives back an amount, but not what has flowed back already since it was taken. */
  void refund(Bucket bucket, long amount, long markMicros, long now) {
    Bucket.Span level = level(bucket, now);
    long refund = Math.min(bucket.span(amount).micros(), Math.max(0, markMicros - now));
    if (refund >= level.micros()) {
      tatMicros = now;
      remainder = 0;
    } else {
      tatMicros -= refund;
    }
  }

  void reset(long now) {
    tatMicros = Math.min(tatMicros, now);
    remainder = 0;
  }

  long tatMicros() {
    return tatMicros;
  }

  boolean isIdle(long now) {
    return tatMicros <= now;
  }
}
