package dev.tollgate;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/** The time over which a limit counts. */
public sealed interface Window {

  /**
   * A rolling window: a token bucket that fills at {@code amount / period}.
   *
   * @param period one second to 31 days
   * @param burst the bucket's size: 1 or more
   */
  record Rolling(Duration period, long burst) implements Window {

    /**
     * @throws IllegalArgumentException when a component is out of its range
     */
    public Rolling {
      if (period.compareTo(Duration.ofSeconds(1)) < 0
          || period.compareTo(Duration.ofDays(31)) > 0) {
        throw new IllegalArgumentException("period " + period + " is not in 1 second to 31 days");
      }
      if (burst < 1) {
        throw new IllegalArgumentException("burst " + burst + " is not 1 or more");
      }
    }

    @Override
    public String label() {
      if (period.equals(Duration.ofSeconds(1))) {
        return "second";
      }
      if (period.equals(Duration.ofMinutes(1))) {
        return "minute";
      }
      if (period.equals(Duration.ofHours(1))) {
        return "hour";
      }
      // not "day": a rolling day and a calendar day are counted apart
      return period.toSeconds() % 3600 == 0 ? period.toHours() + "h" : period.toSeconds() + "s";
    }
  }

  /**
   * Calendar days or months of a time zone, as half-open intervals: a day of a change to or from
   * daylight saving time has 23 or 25 hours. Immutable.
   */
  record Calendar(Unit unit, ZoneId zone) implements Window, dev.tollgate.store.Calendar {

    @Override
    public Span at(long micros) {
      LocalDate day =
          Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L)).atZone(zone).toLocalDate();
      LocalDate first = unit == Unit.DAY ? day : day.withDayOfMonth(1);
      LocalDate next = unit == Unit.DAY ? first.plusDays(1) : first.plusMonths(1);
      return new Span(startMicros(first), startMicros(next));
    }

    private long startMicros(LocalDate day) {
      return Math.multiplyExact(day.atStartOfDay(zone).toEpochSecond(), 1_000_000L);
    }

    @Override
    public String label() {
      return unit == Unit.DAY ? "day" : "month";
    }
  }

  /** The calendar's units. */
  enum Unit {
    DAY,
    MONTH
  }

  /** The window's name in configuration and on pages, such as {@code minute} or {@code day}. */
  String label();
}
