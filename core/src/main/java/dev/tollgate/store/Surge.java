package dev.tollgate.store;

/**
 * Watches for requests that suddenly grow many times over. It bounds nothing until they do: then
 * the counter is <em>flagged</em> for {@link #FLAG_MICROS}.
 *
 * <p>Requests are counted over ten minutes, an hour and a calendar day. The first two slide: the
 * window before the current one counts by the part of it that is still covered. A counter is
 * flagged when a window's count is above the window's floor and above so many times what is normal
 * for it. Normal is learned from each day's peaks, quickly upwards, more and more slowly downwards
 * and never from more than would have been flagged; a day without requests teaches nothing. What is
 * normal at first is several times what is expected of a whole day: of a new caller anything may be
 * normal.
 *
 * @param days the calendar's days
 * @param expectedDaily how many requests a day are expected until it is known: 1 to 10^9
 * @param action what becomes of requests while the counter is flagged
 */
public record Surge(Calendar days, long expectedDaily, Action action) implements Bound {

  /** How long a counter stays flagged: 24 hours, in which it is not flagged again. */
  public static final long FLAG_MICROS = 24L * 3_600_000_000L;

  /** Counts above this are cut to it. */
  static final long MAX_COUNT = 1_000_000_000_000L;

  /** What becomes of requests while a counter is flagged. */
  public enum Action {
    /** Nothing; the flag is told. */
    ALERT,
    /** They take their reduced amounts. */
    RESTRICT,
    /** They are refused. */
    BLOCK
  }

  /**
   * What requests are counted over. All arithmetic is in thousandths of a request, so that every
   * store comes to the same whole numbers.
   */
  public enum Span {
    TEN_MINUTES(600_000_000L, 30, 4, 2250),
    HOUR(3_600_000_000L, 60, 5, 2750),
    /** Its windows are the calendar's. */
    DAY(0, 150, 8, 4000);

    private final long micros;
    private final long floor;
    private final long halves;
    private final long perExpected;

    /**
     * @param halves how many halves of the normal count are abnormal
     * @param perExpected what is normal for each request that is expected on a day, in thousandths,
     *     as long as nothing is known
     */
    Span(long micros, long floor, long halves, long perExpected) {
      this.micros = micros;
      this.floor = floor;
      this.halves = halves;
      this.perExpected = perExpected;
    }

    /** The window's length, 0 for a day. */
    long micros() {
      return micros;
    }

    /** Above this a count is abnormal. */
    long most(long normal) {
      return Math.max(1000 * floor, normal * halves / 2);
    }

    /** What is normal as long as nothing is known. */
    long unknown(long expectedDaily) {
      return expectedDaily * perExpected;
    }
  }

  /**
   * @throws IllegalArgumentException when the expectation is out of its range
   */
  public Surge {
    Range.check("expected daily requests", expectedDaily, 1, 1_000_000_000);
  }

  @Override
  public long capacity() {
    return Store.MAX_AMOUNT;
  }

  /**
   * A counter's state, for its balance.
   *
   * @param count what was counted over the span that it is flagged for, over the day if it is not;
   *     in thousandths
   * @param most above this the count is abnormal; in thousandths
   * @param today the calendar's day
   * @param flagEndMicros when the flag ends; 0 when there is none
   */
  public record State(long count, long most, Calendar.Span today, long flagEndMicros) {}
}
