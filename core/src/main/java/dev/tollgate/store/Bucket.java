package dev.tollgate.store;

import java.math.BigInteger;

/**
 * A rolling window as a token bucket, kept as GCRA (ATM Forum TM 4.0, the "virtual scheduling"
 * form): the state is one point in time, the <em>theoretical arrival time</em>, at which the bucket
 * will be full again. An amount moves that point by {@code amount * period / limit} microseconds.
 * The division's remainder is carried in units of {@code 1 / limit} microsecond, so no amount is
 * ever lost to rounding.
 *
 * @param limit the amount that flows back in one period: 1 to {@link Store#MAX_AMOUNT}
 * @param periodMicros the period in microseconds, from one second to 31 days
 * @param capacity the bucket's size, the largest burst: 1 to {@link Store#MAX_AMOUNT}, and at most
 *     what {@link #MAX_LEVEL_MICROS} lets flow back
 */
public record Bucket(long limit, long periodMicros, long capacity) implements Bound {

  /** No bucket takes longer than ten years to fill again: debts above that are cut to it. */
  public static final long MAX_LEVEL_MICROS = 3650L * 86_400_000_000L;

  public static final long MIN_PERIOD_MICROS = 1_000_000L;
  public static final long MAX_PERIOD_MICROS = 31L * 86_400_000_000L;

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public Bucket {
    Range.check("bucket limit", limit, 1, Store.MAX_AMOUNT);
    Range.check("bucket capacity", capacity, 1, Store.MAX_AMOUNT);
    Range.check("bucket period", periodMicros, MIN_PERIOD_MICROS, MAX_PERIOD_MICROS);
    if (span(capacity, limit, periodMicros).micros() >= MAX_LEVEL_MICROS) {
      throw new IllegalArgumentException(
          "bucket capacity " + capacity + " would take over ten years to fill again");
    }
  }

  /**
   * A length of time of {@code micros + remainder / limit} microseconds.
   *
   * @param micros whole microseconds
   * @param remainder 0 to {@code limit - 1}
   */
  public record Span(long micros, long remainder) {}

  /** The time in which {@code amount} flows back, at most {@link #MAX_LEVEL_MICROS}. */
  public Span span(long amount) {
    return span(amount, limit, periodMicros);
  }

  /** The time in which a full bucket's worth flows back. */
  public Span capacitySpan() {
    return span(capacity);
  }

  private static Span span(long amount, long limit, long periodMicros) {
    long high = Math.multiplyHigh(amount, periodMicros);
    long low = amount * periodMicros;
    if (high == 0 && low >= 0) {
      return capped(low / limit, low % limit);
    }
    BigInteger[] parts =
        BigInteger.valueOf(amount)
            .multiply(BigInteger.valueOf(periodMicros))
            .divideAndRemainder(BigInteger.valueOf(limit));
    long micros = parts[0].bitLength() < 63 ? parts[0].longValue() : MAX_LEVEL_MICROS;
    return capped(micros, parts[1].longValue());
  }

  private static Span capped(long micros, long remainder) {
    return micros < MAX_LEVEL_MICROS ? new Span(micros, remainder) : new Span(MAX_LEVEL_MICROS, 0);
  }

  /** The amount that a level stands for, rounded up. */
  public long amountOf(Span level) {
    long high = Math.multiplyHigh(level.micros(), limit);
    long low = level.micros() * limit + level.remainder();
    if (high == 0 && low >= 0) {
      return low / periodMicros + (low % periodMicros > 0 ? 1 : 0);
    }
    BigInteger[] parts =
        BigInteger.valueOf(level.micros())
            .multiply(BigInteger.valueOf(limit))
            .add(BigInteger.valueOf(level.remainder()))
            .divideAndRemainder(BigInteger.valueOf(periodMicros));
    return parts[0].longValueExact() + (parts[1].signum() > 0 ? 1 : 0);
  }

  /** How long until {@code amount} fits above {@code level}: 0 when it fits now. */
  public long waitMicros(Span level, long amount) {
    Span cost = span(amount);
    Span room = capacitySpan();
    long micros = level.micros() + cost.micros() - room.micros();
    long remainder = level.remainder() + cost.remainder() - room.remainder();
    micros += Math.floorDiv(remainder, limit);
    return Math.max(0, micros + (Math.floorMod(remainder, limit) > 0 ? 1 : 0));
  }
}
