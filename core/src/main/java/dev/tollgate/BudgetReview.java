package dev.tollgate;

import dev.tollgate.store.Calendar;
import dev.tollgate.store.Store;
import java.math.BigInteger;

/**
 * How a provider's hard limit compares with what it is expected to cost. Money is in nano-USD.
 *
 * @param expectedMonthly the most that a month is expected to cost; 0 when nothing is known
 * @param recommended the hard limit to set for a month: twice as much
 * @param configuredMonthly the hard limit that is set, for a month
 * @param verdict how they compare
 */
public record BudgetReview(
    long expectedMonthly, long recommended, long configuredMonthly, Verdict verdict) {

  private static final long DAYS_OF_MONTH = 30;

  /** A projection from less than this part of a window is none. */
  private static final long LEAST_PART = 10;

  /** Of the configured limit. */
  public enum Verdict {
    /** Nothing is known that it could be compared with. */
    UNKNOWN,
    /** Below one and a half times of what is expected: a good month may reach it. */
    TOO_LOW,
    FINE,
    /** Above three times of what is expected: much is lost before it is reached. */
    TOO_HIGH
  }

  /**
   * Reviews a limit by the largest of what is expected, what the window before has cost and what
   * this one will if it goes on as it began.
   *
   * @param expectedMonthly what the operator expects; 0 if nobody said
   * @param window the current window
   * @param atMicros a time in it
   * @param posted what it has cost by then
   * @param previous what the window before has cost
   */
  static BudgetReview of(
      Limit limit,
      long expectedMonthly,
      Calendar.Span window,
      long atMicros,
      long posted,
      long previous) {
    long trailing = Math.max(previous, projected(window, atMicros, posted));
    long expected = Math.max(expectedMonthly, monthly(limit, trailing));
    long configured = monthly(limit, limit.amount());
    return new BudgetReview(
        expected,
        Math.min(Store.MAX_AMOUNT, 2 * expected),
        configured,
        verdict(expected, configured));
  }

  private static long projected(Calendar.Span window, long atMicros, long posted) {
    long length = window.endMicros() - window.startMicros();
    long elapsed = Math.min(length, atMicros - window.startMicros());
    if (elapsed <= 0 || elapsed < length / LEAST_PART) {
      return posted;
    }
    return BigInteger.valueOf(posted)
        .multiply(BigInteger.valueOf(length))
        .divide(BigInteger.valueOf(elapsed))
        .min(BigInteger.valueOf(Store.MAX_AMOUNT))
        .longValueExact();
  }

  private static long monthly(Limit limit, long amount) {
    boolean daily = ((Window.Calendar) limit.window()).unit() == Window.Unit.DAY;
    return Math.min(Store.MAX_AMOUNT, daily ? amount * DAYS_OF_MONTH : amount);
  }

  private static Verdict verdict(long expected, long configured) {
    if (expected == 0) {
      return Verdict.UNKNOWN;
    }
    if (2 * configured < 3 * expected) {
      return Verdict.TOO_LOW;
    }
    return configured > 3 * expected ? Verdict.TOO_HIGH : Verdict.FINE;
  }
}
