package dev.tollgate;

import dev.tollgate.store.Store;
import java.util.Optional;

/**
 * How a provider's hard limit compares with what it is expected to cost. Money is in nano-USD.
 *
 * @param expectedMonthly the most that a month is expected to cost; 0 when nothing is known
 * @param recommended the hard limit to set for a month: twice as much
 * @param configuredMonthly the hard limit that is set, for a month; 0 where none is
 * @param callersMonthly what the callers of last month could cost in a month, with all providers,
 *     if each of them used up its quotas; 0 where that is not known or not bounded. It decides
 *     nothing
 * @param verdict how the limit compares with what is expected
 */
public record BudgetReview(
    long expectedMonthly,
    long recommended,
    long configuredMonthly,
    long callersMonthly,
    Verdict verdict) {

  private static final long DAYS_OF_MONTH = 30;

  /** Of the configured limit. */
  public enum Verdict {
    /** Nothing is known that it could be compared with. */
    UNKNOWN,
    /** There is none: nothing stops spending for good. */
    MISSING,
    /** Below one and a half times of what is expected: a good month may reach it. */
    TOO_LOW,
    FINE,
    /** Above three times of what is expected: much is lost before it is reached. */
    TOO_HIGH
  }

  /**
   * Reviews a limit by the larger of what is expected and what was spent.
   *
   * @param limit empty where none is set
   * @param expectedMonthly what the operator expects; 0 if nobody said
   * @param trailingMonthly what a month costs at the latest pace; 0 if that is not known
   * @param callersMonthly what the callers' quotas allow; 0 if that is not known
   */
  static BudgetReview of(
      Optional<Limit> limit, long expectedMonthly, long trailingMonthly, long callersMonthly) {
    long expected = Math.max(expectedMonthly, trailingMonthly);
    long configured = limit.map(BudgetReview::monthly).orElse(0L);
    return new BudgetReview(
        expected,
        Math.min(Store.MAX_AMOUNT, 2 * expected),
        configured,
        callersMonthly,
        verdict(expected, configured));
  }

  private static long monthly(Limit limit) {
    boolean daily = ((Window.Calendar) limit.window()).unit() == Window.Unit.DAY;
    return Math.min(Store.MAX_AMOUNT, daily ? limit.amount() * DAYS_OF_MONTH : limit.amount());
  }

  private static Verdict verdict(long expected, long configured) {
    if (expected == 0) {
      return Verdict.UNKNOWN;
    }
    if (configured == 0) {
      return Verdict.MISSING;
    }
    if (2 * configured < 3 * expected) {
      return Verdict.TOO_LOW;
    }
    return configured > 3 * expected ? Verdict.TOO_HIGH : Verdict.FINE;
  }
}
