package dev.tollgate;

import dev.tollgate.store.Store;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.SortedMap;

/**
 * What a month costs at the pace of the latest days: the larger pace of thirty days, which hold all
 * that comes once a month, and of seven, which know of growth and hold every day of a week. Only
 * whole days count.
 */
final class MonthlyPace {

  /** A pace of less is none. */
  static final int LEAST_DAYS = 3;

  static final int DAYS = 30;
  private static final int DAYS_OF_WEEK = 7;

  private MonthlyPace() {}

  /**
   * The pace, in nano-USD a month; 0 while it is not known.
   *
   * @param days what each day cost that cost anything
   * @param since the first whole day that was counted
   * @param today is not over
   */
  static long of(SortedMap<LocalDate, Long> days, LocalDate since, LocalDate today) {
    return Math.max(of(days, since, today, DAYS), of(days, since, today, DAYS_OF_WEEK));
  }

  private static long of(
      SortedMap<LocalDate, Long> days, LocalDate since, LocalDate today, int span) {
    long counted = Math.min(span, ChronoUnit.DAYS.between(since, today));
    if (counted < LEAST_DAYS) {
      return 0;
    }
    long sum =
        days.subMap(today.minusDays(counted), today).values().stream()
            .reduce(0L, (one, other) -> Math.min(Store.MAX_AMOUNT, one + other));
    return Math.min(Store.MAX_AMOUNT, (sum * DAYS + counted - 1) / counted);
  }
}
