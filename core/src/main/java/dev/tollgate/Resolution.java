package dev.tollgate;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The times that calls are added up over, all of UTC. */
public enum Resolution {
  HOUR(ChronoUnit.HOURS, "uuuu-MM-dd", "HH", 31 * 24),
  DAY(ChronoUnit.DAYS, "uuuu-MM", "dd", 400),
  MONTH(ChronoUnit.MONTHS, "uuuu", "MM", 120);

  private final ChronoUnit unit;
  private final DateTimeFormatter group;
  private final DateTimeFormatter part;
  private final int most;

  Resolution(ChronoUnit unit, String group, String part, int most) {
    this.unit = unit;
    this.group = DateTimeFormatter.ofPattern(group);
    this.part = DateTimeFormatter.ofPattern(part);
    this.most = most;
  }

  /** The rollup that has the times around this one, such as all hours of its day. */
  String rollup(Instant at) {
    return name().toLowerCase(Locale.ROOT) + "s/" + utc(at).format(group);
  }

  /** The time within its rollup. */
  String part(Instant at) {
    return utc(at).format(part);
  }

  /** The rollup of callers. */
  String callers(Instant at) {
    return switch (this) {
      case HOUR -> throw new IllegalArgumentException("callers are not added up by the hour");
      case DAY -> "callers/" + HOUR.group.format(utc(at));
      case MONTH -> "callers/" + DAY.group.format(utc(at));
    };
  }

  /** When the hour, day or month of this time began. */
  Instant start(Instant at) {
    ZonedDateTime utc = utc(at);
    return this == MONTH
        ? utc.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).toInstant()
        : utc.truncatedTo(unit).toInstant();
  }

  /** When the next one begins. */
  Instant next(Instant start) {
    return utc(start).plus(1, unit).toInstant();
  }

  /**
   * The times from one to before another, by rollup and part.
   *
   * @throws IllegalArgumentException when there are too many
   */
  Map<String, Map<String, Instant>> rollups(Instant from, Instant to) {
    Map<String, Map<String, Instant>> rollups = new LinkedHashMap<>();
    int count = 0;
    for (Instant start = start(from); start.isBefore(to); start = next(start)) {
      if (++count > most) {
        throw new IllegalArgumentException(
            from + " to " + to + " has more than " + most + " times of one " + name());
      }
      rollups
          .computeIfAbsent(rollup(start), absent -> new LinkedHashMap<>())
          .put(part(start), start);
    }
    return rollups;
  }

  private static ZonedDateTime utc(Instant at) {
    return at.atZone(ZoneOffset.UTC);
  }
}
