package dev.tollgate;

import java.time.Duration;
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
  HOUR(ChronoUnit.HOURS, "uuuu-MM-dd", "HH", 31 * 24, Duration.ofDays(8)),
  DAY(ChronoUnit.DAYS, "uuuu-MM", "dd", 400, Duration.ofDays(35)),
  MONTH(ChronoUnit.MONTHS, "uuuu", "MM", 120, Duration.ofDays(400));

  private final ChronoUnit unit;
  private final DateTimeFormatter group;
  private final DateTimeFormatter part;
  private final int most;
  private final Duration callersKept;

  Resolution(ChronoUnit unit, String group, String part, int most, Duration callersKept) {
    this.unit = unit;
    this.group = DateTimeFormatter.ofPattern(group);
    this.part = DateTimeFormatter.ofPattern(part);
    this.most = most;
    this.callersKept = callersKept;
  }

  /** The rollup that has the times around this one, such as all hours of its day. */
  String rollup(Instant at) {
    return name().toLowerCase(Locale.ROOT) + "s/" + utc(at).format(group);
  }

  /** The time within its rollup. */
  String part(Instant at) {
    return utc(at).format(part);
  }

  /** The rollup of what each of the times around this one came to. */
  String total(Instant at) {
    return "total/" + rollup(at);
  }

  /**
   * The rollup of what each of the times around this one, and all of them together, came to by
   * name.
   *
   * @param dimension any but the caller
   */
  String by(Analytics.Dimension dimension, Instant at) {
    return dimension.name().toLowerCase(Locale.ROOT) + "/" + rollup(at);
  }

  /** The rollup of the callers of this time. */
  String callers(Instant at) {
    return "callers/"
        + switch (this) {
          case HOUR -> hour(at);
          case DAY -> HOUR.group.format(utc(at));
          case MONTH -> DAY.group.format(utc(at));
        };
  }

  /** The rollup of the calls of an hour. */
  static String calls(Instant at) {
    return "calls/" + hour(at);
  }

  private static String hour(Instant at) {
    return HOUR.group.format(utc(at)) + "T" + HOUR.part.format(utc(at));
  }

  /** How long it is known what each caller spent in one of these times. */
  public Duration callersKept() {
    return callersKept;
  }

  /** That of whose times this is a part; a month is a part of itself. */
  Resolution coarser() {
    return this == HOUR ? DAY : MONTH;
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
