package dev.tollgate.dashboard;

import dev.tollgate.Analytics.Dimension;
import dev.tollgate.SpentCall;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What is asked about one hour of spending. Immutable.
 *
 * @param by of what the name is
 * @param name the only name that is asked for; empty for all
 * @param start when the hour begins
 * @param now the time
 */
record HourQuery(Dimension by, Optional<String> name, Instant start, Instant now) {

  private static final int DAYS = 400;

  /**
   * @throws Problem when the request asks for what there cannot be
   */
  static HourQuery of(HttpServletRequest request, Instant now) throws Problem {
    String text = Optional.ofNullable(request.getParameter("at")).orElse("");
    try {
      Instant start = Instant.parse(text + ":00:00Z");
      if (Math.abs(ChronoUnit.DAYS.between(start, now)) > DAYS) {
        throw Problem.badRequest("at: it is an hour of the last " + DAYS + " days");
      }
      return new HourQuery(SpendQuery.by(request), SpendQuery.name(request), start, now);
    } catch (DateTimeException malformed) {
      throw Problem.badRequest("at: it is an hour of UTC, such as 2026-03-31T14");
    }
  }

  Instant end() {
    return start.plus(1, ChronoUnit.HOURS);
  }

  /** The day of it. */
  SpendQuery ofDay() {
    LocalDate day = LocalDate.ofInstant(start, ZoneOffset.UTC);
    return new SpendQuery(by, name, Period.of(Period.Span.DAY, day), now);
  }

  boolean asksFor(SpentCall call) {
    return name.isEmpty() || call.name(by).equals(name.get());
  }

  /** Such as {@code 2026-03-10, 14:00 to 15:00 UTC}. */
  String title() {
    return "%s, %s to %s UTC"
        .formatted(
            start.toString().substring(0, 10),
            start.toString().substring(11, 16),
            end().toString().substring(11, 16));
  }
}
