package dev.tollgate.dashboard;

import dev.tollgate.Resolution;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A time of which spending is shown, in UTC.
 *
 * @param span how long it is
 * @param from its first instant
 * @param to its end, exclusive
 */
record Period(Span span, Instant from, Instant to) {

  /** How long a period is, and by what its spending is divided. */
  enum Span {
    DAY("A day by hours", Resolution.HOUR),
    MONTH("A month by days", Resolution.DAY),
    YEAR("13 months", Resolution.MONTH);

    private final String title;
    private final Resolution resolution;

    Span(String title, Resolution resolution) {
      this.title = title;
      this.resolution = resolution;
    }

    String title() {
      return title;
    }

    Resolution resolution() {
      return resolution;
    }

    /** When an hour, day or month of its resolution ends. */
    Instant end(Instant start) {
      return switch (resolution) {
        case HOUR -> start.plus(1, ChronoUnit.HOURS);
        case DAY -> start.plus(1, ChronoUnit.DAYS);
        case MONTH -> start.atOffset(ZoneOffset.UTC).plusMonths(1).toInstant();
      };
    }

    String parameter() {
      return Words.dashed(this);
    }
  }

  private static final int MONTHS = 13;

  /**
   * The period that a request asks for by {@code span} and {@code at}, a day of it; the month of
   * {@code now} if it does not say.
   *
   * @throws Problem when there is no such period
   */
  static Period of(HttpServletRequest request, Instant now) throws Problem {
    String asked = Optional.ofNullable(request.getParameter("span")).orElse("month");
    Span span =
        Arrays.stream(Span.values())
            .filter(known -> known.parameter().equals(asked))
            .findFirst()
            .orElseThrow(() -> Problem.badRequest("span: it is day, month or year"));
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    return of(span, day(request.getParameter("at"), today));
  }

  private static LocalDate day(@Nullable String text, LocalDate today) throws Problem {
    try {
      LocalDate day = text == null ? today : LocalDate.parse(text);
      if (Math.abs(ChronoUnit.YEARS.between(today, day)) > 10) {
        throw Problem.badRequest("at: it is a day of the last ten years");
      }
      return day;
    } catch (DateTimeException malformed) {
      throw Problem.badRequest("at: it is a day, such as 2026-03-31");
    }
  }

  /** The period around a day; a year ends with the day's month. */
  static Period of(Span span, LocalDate day) {
    LocalDate month = day.withDayOfMonth(1);
    return switch (span) {
      case DAY -> new Period(span, start(day), start(day.plusDays(1)));
      case MONTH -> new Period(span, start(month), start(month.plusMonths(1)));
      case YEAR ->
          new Period(span, start(month.minusMonths(MONTHS - 1)), start(month.plusMonths(1)));
    };
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  LocalDate firstDay() {
    return LocalDate.ofInstant(from, ZoneOffset.UTC);
  }

  /** The last day of it. */
  LocalDate lastDay() {
    return LocalDate.ofInstant(to, ZoneOffset.UTC).minusDays(1);
  }

  /** Such as {@code 2026-03-10}, {@code 2026-03} or {@code 2025-03 to 2026-03}. */
  String name() {
    return switch (span) {
      case DAY -> firstDay().toString();
      case MONTH -> month(firstDay());
      case YEAR -> month(firstDay()) + " to " + month(lastDay());
    };
  }

  private static String month(LocalDate day) {
    return YearMonth.from(day).toString();
  }
}
