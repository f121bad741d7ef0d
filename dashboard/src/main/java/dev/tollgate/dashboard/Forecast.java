package dev.tollgate.dashboard;

import dev.tollgate.LimitState;
import dev.tollgate.Window;
import dev.tollgate.store.Calendar;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/** What a month's quota will have counted at the month's end. Stateless. */
final class Forecast {

  private static final long MICROS = 1_000_000;
  private static final int FEWEST_PARTS_OF_A_WINDOW = 100;

  private Forecast() {}

  /**
   * The amount at the end of the month if it goes on at its pace so far; empty for other windows,
   * and in the first hundredth of the month, of which nothing can be told.
   */
  static Optional<Long> of(LimitState state, Instant now) {
    if (!(state.limit().window() instanceof Window.Calendar calendar)
        || calendar.unit() != Window.Unit.MONTH) {
      return Optional.empty();
    }
    long micros = now.getEpochSecond() * MICROS + now.getNano() / 1000;
    Calendar.Span month = calendar.at(micros);
    long elapsed = micros - month.startMicros();
    long whole = month.endMicros() - month.startMicros();
    if (elapsed < whole / FEWEST_PARTS_OF_A_WINDOW) {
      return Optional.empty();
    }
    BigInteger expected =
        BigInteger.valueOf(state.used())
            .multiply(BigInteger.valueOf(whole))
            .divide(BigInteger.valueOf(elapsed));
    return Optional.of(expected.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
  }
}
