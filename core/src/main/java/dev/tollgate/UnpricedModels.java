package dev.tollgate;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which models without a price are told. Callers can name any: so a few of each hour are told by
 * their names, and of the others how many there were. What was told is told again after a day.
 *
 * <p>Thread-safe.
 */
final class UnpricedModels {

  /** Told by their names in an hour. */
  static final int MAX_TOLD = 5;

  /** Known at a time; calls of further ones count as models of their own. */
  static final int MAX_KNOWN = 1000;

  private static final long HOUR_SECONDS = Duration.ofHours(1).toSeconds();
  private static final long DAY_HOURS = 24;

  private final Set<String> known = ConcurrentHashMap.newKeySet();

  // guarded by this
  private long hour = Long.MIN_VALUE;
  private int told;
  private long others;

  /** Whether a model is to be told by its name, now that it was called. */
  boolean isTold(String model, Instant now) {
    return !known.contains(model) && isTold(model, hour(now));
  }

  private synchronized boolean isTold(String model, long now) {
    if (now > hour) {
      begin(now);
    }
    if (known.size() < MAX_KNOWN && !known.add(model)) {
      return false;
    }
    if (told < MAX_TOLD) {
      told++;
      return true;
    }
    others++;
    return false;
  }

  private void begin(long now) {
    if (now / DAY_HOURS > hour / DAY_HOURS || known.size() == MAX_KNOWN) {
      known.clear();
    }
    hour = now;
    told = 0;
  }

  /** How many were not told by their names, once their hour is over; empty if there were none. */
  synchronized OptionalLong takeOthers(Instant now) {
    if (others == 0 || hour(now) <= hour) {
      return OptionalLong.empty();
    }
    OptionalLong taken = OptionalLong.of(others);
    others = 0;
    return taken;
  }

  private static long hour(Instant now) {
    return Math.floorDiv(now.getEpochSecond(), HOUR_SECONDS);
  }
}
