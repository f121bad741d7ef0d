package dev.tollgate;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * One scope's breaker: is fed what was spent in each minute, and tells whether that is abnormal.
 * Not thread-safe.
 *
 * <h2>How is it designed, and why?</h2>
 *
 * <p><em>Normal</em> is the largest of four speeds, so that whatever explains the spending excuses
 * it: an average with a half-life of a day, one of a week, the same hour of the days before or one
 * of its neighbours, and what the operator expects. The averages take no minute for more than three
 * times themselves, so an incident teaches them little before it is halted, and nothing while it
 * is. An hour in which anything was halted teaches nothing either.
 *
 * <p><em>Abnormal</em> is a mean of five minutes above the factor, again and again until it has
 * lasted: a mean bridges the pauses of a loop that bills every second minute. When a burst ends its
 * mean stays high for four more minutes, so the last two minutes must be above the factor as well.
 *
 * <p>While it is open, <em>demand</em> is what is spent plus what the refused calls would likely
 * have cost. Without that an incident would look over as soon as it is halted. Recovery starts when
 * the demand is above normal by less than a quarter of what trips: below 1.5 where 3 trips.
 *
 * <p>Minutes come in order and without gaps; they are numbered from 1970-01-01T00:00Z. Averages are
 * doubles: an average of a week moves by less than a nano-dollar at a time, and they are guesses at
 * what is normal, not amounts that somebody is charged. The state is of constant size.
 */
final class SpendBreaker {

  static final int LEAST_OPEN_MINUTES = 10;
  static final int HALF_OPEN_MINUTES = 5;
  static final int MINUTES_OF_DAY = 1440;
  private static final int MINUTES_OF_MONTH = 43_200;
  private static final int HOURS = 24;
  private static final int RECENT = 5;
  private static final int LATEST = 2;
  private static final int FAST_MINUTES = 3;
  private static final double FAST_FACTOR = 20;
  private static final double CLIP = 3;
  private static final double HOUR_GAIN = 0.3;
  private static final double DAY_GAIN = gain(MINUTES_OF_DAY);
  private static final double WEEK_GAIN = gain(7 * MINUTES_OF_DAY);

  private long expectedMonthly;
  private BreakerOrder order = BreakerOrder.NONE;
  private BreakerState state = BreakerState.CLOSED;

  /** The first minute that is not closed. */
  private long minute;

  /** The first minute in this state. */
  private long since;

  /** Evaluations in a row that were above the factor. */
  private int streak;

  private double day;
  private double week;
  private long hourSpend;
  private int hourMinutes;
  private final long[] recent = new long[RECENT];
  private final long[] hourly = new long[HOURS];

  /**
   * A breaker that knows nothing but what is expected.
   *
   * @param expectedMonthly nano-USD: 1 or more
   * @param minute the first that it will be fed
   */
  SpendBreaker(long expectedMonthly, long minute) {
    this.expectedMonthly = expectedMonthly;
    this.minute = minute;
    since = minute;
    day = expected();
    week = expected();
    Arrays.fill(hourly, Math.round(expected()));
  }

  /**
   * The breaker that {@link #write} wrote.
   *
   * @throws java.util.NoSuchElementException when fields are missing
   * @throws IllegalArgumentException when a field is not what it should be
   */
  static SpendBreaker read(Iterator<String> fields) {
    SpendBreaker breaker =
        new SpendBreaker(Long.parseLong(fields.next()), Long.parseLong(fields.next()));
    long usualEnd = breaker.minute + BreakerControl.USUAL_TIME.toMinutes();
    breaker.order = BreakerOrder.ofText(fields.next(), usualEnd);
    breaker.state = BreakerState.valueOf(fields.next());
    breaker.since = Long.parseLong(fields.next());
    breaker.streak = Integer.parseInt(fields.next());
    breaker.day = Double.parseDouble(fields.next());
    breaker.week = Double.parseDouble(fields.next());
    breaker.hourSpend = Long.parseLong(fields.next());
    breaker.hourMinutes = Integer.parseInt(fields.next());
    Arrays.setAll(breaker.recent, i -> Long.parseLong(fields.next()));
    Arrays.setAll(breaker.hourly, i -> Long.parseLong(fields.next()));
    return breaker;
  }

  void write(StringJoiner fields) {
    fields.add(Long.toString(expectedMonthly)).add(Long.toString(minute));
    fields.add(order.toText()).add(state.name()).add(Long.toString(since));
    fields.add(Integer.toString(streak)).add(Double.toString(day)).add(Double.toString(week));
    fields.add(Long.toString(hourSpend)).add(Integer.toString(hourMinutes));
    Arrays.stream(recent).forEach(demand -> fields.add(Long.toString(demand)));
    Arrays.stream(hourly).forEach(speed -> fields.add(Long.toString(speed)));
  }

  BreakerState state() {
    return state;
  }

  BreakerOrder order() {
    return order;
  }

  /** The first minute that is not closed. */
  long minute() {
    return minute;
  }

  /** The first minute in this state. */
  long since() {
    return since;
  }

  long expectedMonthly() {
    return expectedMonthly;
  }

  void expect(long expectedMonthly) {
    this.expectedMonthly = expectedMonthly;
  }

  /** The mean demand of the latest closed minutes: 1 to 5 of them. */
  double demand(int minutes) {
    long sum = 0;
    for (int i = 1; i <= minutes; i++) {
      sum += recent[slot(minute - i)];
    }
    return (double) sum / minutes;
  }

  /** The mean demand of the latest five minutes. */
  double demand() {
    return demand(RECENT);
  }

  /** What is normal in a minute. */
  double normal() {
    int hour = (int) Math.floorMod(Math.floorDiv(minute, 60L), (long) HOURS);
    long season = hourly[hour];
    season = Math.max(season, hourly[(hour + 1) % HOURS]);
    season = Math.max(season, hourly[(hour + HOURS - 1) % HOURS]);
    return Math.max(Math.max(day, week), Math.max(season, expected()));
  }

  /**
   * Closes the next minute.
   *
   * @param spend settled in it, in nano-USD
   * @param demand the same, and the likely price of the calls that this breaker refused in it
   * @return whether the state changed
   */
  boolean close(long spend, long demand, BreakerPolicy policy) {
    double normal = normal();
    recent[slot(minute)] = demand;
    minute++;
    BreakerState before = state;
    boolean above = demand() > factor(policy) * normal;
    streak = above ? Math.min(streak + 1, Integer.MAX_VALUE - 1) : 0;
    if (isAutomatic()) {
      step(normal, above, policy);
    }
    learn(spend);
    return state != before;
  }

  private void step(double normal, boolean above, BreakerPolicy policy) {
    switch (state) {
      case CLOSED -> {
        if (trips(normal, policy)) {
          enter(BreakerState.OPEN);
        }
      }
      case OPEN -> {
        if (minute - since >= LEAST_OPEN_MINUTES && demand() < recovery(policy) * normal) {
          enter(BreakerState.HALF_OPEN);
        }
      }
      case HALF_OPEN -> {
        if (above) {
          enter(BreakerState.OPEN);
        } else if (minute - since >= HALF_OPEN_MINUTES) {
          enter(BreakerState.CLOSED);
        }
      }
    }
  }

  /** "For ten minutes" is eleven evaluations: ten minutes lie between the first and the last. */
  private boolean trips(double normal, BreakerPolicy policy) {
    boolean lasted = streak > policy.minutes() && demand(LATEST) > factor(policy) * normal;
    return lasted || (policy.fastPath() && isFast(normal));
  }

  private boolean isFast(double normal) {
    for (int i = 1; i <= FAST_MINUTES; i++) {
      if (recent[slot(minute - i)] <= FAST_FACTOR * normal) {
        return false;
      }
    }
    return true;
  }

  private void enter(BreakerState next) {
    state = next;
    since = minute;
    streak = 0;
  }

  /** Learns what is normal from the minute before {@link #minute}. */
  private void learn(long spend) {
    if (state == BreakerState.CLOSED) {
      day += DAY_GAIN * (clipped(spend, day) - day);
      week += WEEK_GAIN * (clipped(spend, week) - week);
      hourSpend += spend;
      hourMinutes++;
    }
    if (Math.floorMod(minute, 60L) == 0) {
      if (hourMinutes == 60) {
        int hour = (int) Math.floorMod(Math.floorDiv(minute, 60L) - 1, (long) HOURS);
        double mean = clipped(hourSpend / 60.0, hourly[hour]);
        hourly[hour] = Math.round(hourly[hour] + HOUR_GAIN * (mean - hourly[hour]));
      }
      hourSpend = 0;
      hourMinutes = 0;
    }
  }

  /** An average that fell below what is expected, in a long silence, can rise again. */
  private double clipped(double spend, double average) {
    return Math.min(spend, CLIP * Math.max(average, expected()));
  }

  /** Closes whole days without traffic at once, after one that was closed minute by minute. */
  void skipDays(long days) {
    minute += days * MINUTES_OF_DAY;
    if (state == BreakerState.CLOSED) {
      day *= StrictMath.pow(2, -days);
      week *= StrictMath.pow(2, -days / 7.0);
      double left = StrictMath.pow(1 - HOUR_GAIN, days);
      Arrays.setAll(hourly, hour -> Math.round(hourly[hour] * left));
    }
  }

  /**
   * Does what an operator says, now.
   *
   * @return whether the state changed
   */
  boolean control(BreakerOrder told) {
    order = told;
    streak = 0;
    BreakerState next =
        switch (told.control()) {
          case OPEN -> BreakerState.OPEN;
          case CLOSED -> BreakerState.CLOSED;
          case AUTOMATIC, HELD -> state;
        };
    boolean changes = next != state;
    if (changes) {
      enter(next);
    }
    return changes;
  }

  /**
   * Goes by the speed of spending again when an order is over: to be asked after each minute. It
   * has to be abnormal for as long as ever from then on.
   *
   * @return the order that has ended; empty where none has
   */
  Optional<BreakerControl> endOrder() {
    if (minute < order.ends()) {
      return Optional.empty();
    }
    BreakerControl ended = order.control();
    order = BreakerOrder.NONE;
    streak = 0;
    return Optional.of(ended);
  }

  private boolean isAutomatic() {
    return order.control() == BreakerControl.AUTOMATIC;
  }

  /**
   * The minute at whose beginning the halted calls can go on at the earliest: if no more of them
   * come. Ten minutes ahead while an operator decides.
   */
  long resumes(BreakerPolicy policy) {
    if (!isAutomatic()) {
      return minute + LEAST_OPEN_MINUTES;
    }
    if (state == BreakerState.HALF_OPEN) {
      return since + HALF_OPEN_MINUTES;
    }
    double enough = recovery(policy) * normal() * RECENT;
    int quiet = 1;
    while (quiet < RECENT && demand(RECENT - quiet) * (RECENT - quiet) >= enough) {
      quiet++;
    }
    return Math.max(since + LEAST_OPEN_MINUTES, minute + quiet);
  }

  private double expected() {
    return (double) expectedMonthly / MINUTES_OF_MONTH;
  }

  private static double factor(BreakerPolicy policy) {
    return policy.factorPercent() / 100.0;
  }

  private static double recovery(BreakerPolicy policy) {
    return 1 + (factor(policy) - 1) / 4;
  }

  private static int slot(long minute) {
    return (int) Math.floorMod(minute, (long) RECENT);
  }

  private static double gain(int halfLifeMinutes) {
    return 1 - StrictMath.pow(2, -1.0 / halfLifeMinutes);
  }
}
