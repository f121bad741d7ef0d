package dev.tollgate.dashboard;

import dev.tollgate.LimitState;
import dev.tollgate.Window;
import dev.tollgate.store.Calendar;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** What will have been counted at the end of a window, at its pace so far. Stateless. */
final class Forecast {

  private static final int FEWEST_PARTS_OF_A_WINDOW = 100;

  private Forecast() {}

  /** The amount of a month's quota at the end of the month; empty for other windows. */
  static Optional<Long> of(LimitState state, Instant now) {
    if (!(state.limit().window() instanceof Window.Calendar calendar)
        || calendar.unit() != Window.Unit.MONTH) {
      return Optional.empty();
    }
    Calendar.Span month = calendar.at(ChronoUnit.MICROS.between(Instant.EPOCH, now));
    Instant start = Instant.EPOCH.plus(month.startMicros(), ChronoUnit.MICROS);
    Instant end = Instant.EPOCH.plus(month.endMicros(), ChronoUnit.MICROS);
    return atEnd(state.used(), start, end, now);
  }

  /**
   * An amount at the end of a window; empty in the first hundredth of the window, of which nothing
   * can be told.
   */
  static Optional<Long> atEnd(long used, Instant start, Instant end, Instant now) {
    long elapsed = Duration.between(start, now).toMillis();
    long whole = Duration.between(start, end).toMillis();
    if (elapsed <= 0 || elapsed < whole / FEWEST_PARTS_OF_A_WINDOW) {
      return Optional.empty();
    }
    BigInteger expected =
        BigInteger.valueOf(used)
            .multiply(BigInteger.valueOf(whole))
            .divide(BigInteger.valueOf(elapsed));
    return Optional.of(expected.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
  }

  /** When an amount will be reached at this pace; empty when it will not be within the window. */
  static Optional<Instant> reaches(
      long amount, long used, Instant start, Instant end, Instant now) {
    if (used <= 0 || atEnd(used, start, end, now).filter(expected -> expected > amount).isEmpty()) {
      return Optional.empty();
    }
    BigInteger millis =
        BigInteger.valueOf(Duration.between(start, now).toMillis())
            .multiply(BigInteger.valueOf(amount))
            .divide(BigInteger.valueOf(used));
    return Optional.of(start.plusMillis(millis.longValueExact()));
  }
}
