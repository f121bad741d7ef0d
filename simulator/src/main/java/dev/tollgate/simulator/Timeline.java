package dev.tollgate.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Tallies of equal stretches of time, without gaps. Not thread-safe. */
final class Timeline {

  private static final long MINUTE = 60_000_000;

  /** Stretches that people think in: minutes. */
  private static final long[] MINUTES = {
    1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2 * 1440, 7 * 1440, 14 * 1440, 28 * 1440
  };

  private final long startMicros;
  private final long widthMicros;
  private final List<Tally> tallies = new ArrayList<>();

  private Timeline(long firstMicros, long lastMicros, long widthMicros) {
    this.widthMicros = widthMicros;
    startMicros = firstMicros - Math.floorMod(firstMicros, widthMicros);
    for (long at = startMicros; at <= lastMicros; at += widthMicros) {
      tallies.add(new Tally());
    }
  }

  static Timeline hourly(long firstMicros, long lastMicros) {
    return new Timeline(firstMicros, lastMicros, 60 * MINUTE);
  }

  /**
   * A timeline to be drawn.
   *
   * @param leastMinutes the shortest stretch
   * @param most how many stretches there may be, if they need not be longer than four weeks
   */
  static Timeline drawn(long firstMicros, long lastMicros, int leastMinutes, int most) {
    long width = MINUTES[MINUTES.length - 1];
    for (int i = MINUTES.length - 1; i >= 0 && MINUTES[i] >= leastMinutes; i--) {
      if ((lastMicros - firstMicros) / (MINUTES[i] * MINUTE) < most) {
        width = MINUTES[i];
      }
    }
    return new Timeline(firstMicros, lastMicros, width * MINUTE);
  }

  /** The tally of a time between the first and the last. */
  Tally at(long micros) {
    return tallies.get((int) ((micros - startMicros) / widthMicros));
  }

  int size() {
    return tallies.size();
  }

  Tally get(int index) {
    return tallies.get(index);
  }

  /** When a stretch begins. */
  long micros(int index) {
    return startMicros + index * widthMicros;
  }

  long startMicros() {
    return startMicros;
  }

  /** When the last stretch ends. */
  long endMicros() {
    return micros(size());
  }

  Duration width() {
    return Duration.ofNanos(widthMicros * 1000);
  }

  /** One number of each stretch. */
  long[] values(ToLongFunction<Tally> value) {
    return tallies.stream().mapToLong(value).toArray();
  }
}
