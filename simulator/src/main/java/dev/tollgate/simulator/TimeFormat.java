package dev.tollgate.simulator;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.regex.Pattern;

/** How a trace writes its times. Inside they are microseconds since 1970-01-01T00:00Z. */
enum TimeFormat {
  /** Seconds since 1970, or since any other beginning. */
  SECONDS {
    @Override
    long micros(String text) {
      if (!DECIMAL.matcher(text).matches()) {
        throw new IllegalArgumentException("is not a number of seconds, as in the first row");
      }
      return inRange(new BigDecimal(text).movePointRight(6).toBigInteger().longValue());
    }

    @Override
    Object json(long micros) {
      BigDecimal seconds = BigDecimal.valueOf(micros, 6).stripTrailingZeros();
      return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
    }

    @Override
    String label(long micros) {
      if (micros >= CALENDAR_MICROS) {
        return ISO_8601.label(micros);
      }
      long minutes = micros / 60_000_000;
      String clock = "%02d:%02d".formatted(minutes / 60 % 24, minutes % 60);
      return "day " + (minutes / 1440 + 1) + ", " + clock;
    }
  },

  /** ISO 8601 with a {@code T} or a space; without an offset it is UTC. */
  ISO_8601 {
    @Override
    long micros(String text) {
      try {
        TemporalAccessor time =
            ISO.parseBest(text.replace(' ', 'T'), Instant::from, LocalDateTime::from);
        Instant instant =
            time instanceof LocalDateTime local
                ? local.toInstant(ZoneOffset.UTC)
                : Instant.from(time);
        return inRange(instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000);
      } catch (DateTimeException malformed) {
        throw new IllegalArgumentException(
            "is no time such as 2026-01-31T23:59:00Z, as in the first row", malformed);
      }
    }

    @Override
    Object json(long micros) {
      return instant(micros).toString();
    }

    @Override
    String label(long micros) {
      return MINUTES.format(instant(micros).atOffset(ZoneOffset.UTC));
    }
  };

  /** The year 2200: well before the numbers end that stores count time with. */
  private static final long MAX_MICROS = 7_258_118_400L * 1_000_000;

  /** Seconds below this, ten years, are counted from a beginning of the trace's own. */
  private static final long CALENDAR_MICROS = 315_360_000L * 1_000_000;

  private static final Pattern DECIMAL = Pattern.compile("\\d{1,15}(\\.\\d{0,9})?");
  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .optionalStart()
          .appendOffsetId()
          .toFormatter();
  private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm");

  /** The format that this time is written in. */
  static TimeFormat of(String text) {
    return DECIMAL.matcher(text).matches() ? SECONDS : ISO_8601;
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }

  static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
  }

  /**
   * @throws IllegalArgumentException with the rule that the text breaks
   */
  abstract long micros(String text);

  /** The time as a report writes it: a number of seconds or a string, as in the trace. */
  abstract Object json(long micros);

  /** The time for people, to the minute. */
  abstract String label(long micros);

  private static long inRange(long micros) {
    if (micros < 0 || micros > MAX_MICROS) {
      throw new IllegalArgumentException(
          "is not between 1970 and 2200; write seconds, not milliseconds");
    }
    return micros;
  }
}
