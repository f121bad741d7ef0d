package dev.tollgate;

import dev.tollgate.store.Bound;
import dev.tollgate.store.Bucket;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Store;
import java.time.Duration;
import java.util.Locale;

/**
 * An amount of a meter in a window.
 *
 * @param name names the limit in answers and pages and its counter in the store, such as {@code
 *     requests-per-minute}; a changed amount keeps the name and so what was counted
 * @param meter what is counted
 * @param amount how much of it: 1 to {@link Store#MAX_AMOUNT}; nano-USD for {@link Meter#COST}
 * @param window over which time
 */
public record Limit(String name, Meter meter, long amount, Window window) {

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public Limit {
    if (name.isEmpty() || name.length() > 128) {
      throw new IllegalArgumentException("limit name '" + name + "' must have 1 to 128 characters");
    }
    if (amount < 1 || amount > Store.MAX_AMOUNT) {
      throw new IllegalArgumentException(
          "amount " + amount + " of limit " + name + " is not in 1 to " + Store.MAX_AMOUNT);
    }
    if (window instanceof Window.Rolling rolling) {
      Bucket unused = bucket(amount, rolling);
    }
  }

  private static Bucket bucket(long amount, Window.Rolling rolling) {
    return new Bucket(amount, rolling.period().toNanos() / 1000, rolling.burst());
  }

  /** A limit with the name its meter and window give, such as {@code tokens-per-day}. */
  public static Limit of(Meter meter, long amount, Window window) {
    return new Limit(
        meter.name().toLowerCase(Locale.ROOT) + "-per-" + window.label(), meter, amount, window);
  }

  /** A bucket of {@code burst} that fills at {@code amount} in each {@code period}. */
  public static Limit rate(Meter meter, long amount, Duration period, long burst) {
    return of(meter, amount, new Window.Rolling(period, burst));
  }

  /** The same limit under a prefix, counted apart. */
  public Limit under(String prefix) {
    return new Limit(prefix + name, meter, amount, window);
  }

  /**
   * The same limit with more of it.
   *
   * @param percent of the amount: 100 or more
   */
  Limit raised(int percent) {
    return new Limit(name, meter, raised(amount, percent, 99), raised(window, percent));
  }

  /** A burst is rounded down: it must not take longer to fill again than before. */
  private static Window raised(Window window, int percent) {
    return window instanceof Window.Rolling rolling
        ? new Window.Rolling(rolling.period(), raised(rolling.burst(), percent, 0))
        : window;
  }

  private static long raised(long amount, int percent, int rounding) {
    long more = amount / 100 * percent + (amount % 100 * percent + rounding) / 100;
    return Math.min(Store.MAX_AMOUNT, more);
  }

  /** Whether it counts over a calendar window. */
  public boolean isQuota() {
    return window instanceof Window.Calendar;
  }

  Bound bound(Ladder ladder) {
    if (window instanceof Window.Rolling rolling) {
      return bucket(amount, rolling);
    }
    Window.Calendar calendar = (Window.Calendar) window;
    return new Quota(
        calendar, amount, ladder.soft(amount), ladder.hard(amount), ladder.notices(amount));
  }
}
