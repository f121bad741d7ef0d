package dev.tollgate;

import java.util.Optional;

/**
 * What an operator has told a scope's breaker, and until when.
 *
 * @param ends the minute at whose beginning it goes by the speed of spending again, from
 *     1970-01-01T00:00Z; {@link #NEVER} for {@link BreakerControl#AUTOMATIC}, which it does anyway
 */
record BreakerOrder(BreakerControl control, long ends) {

  static final long NEVER = Long.MAX_VALUE;

  static final BreakerOrder NONE = new BreakerOrder(BreakerControl.AUTOMATIC, NEVER);

  private static final String SEPARATOR = "@";

  static BreakerOrder of(BreakerControl control, long ends) {
    return control == BreakerControl.AUTOMATIC ? NONE : new BreakerOrder(control, ends);
  }

  /**
   * What {@link #toText} made.
   *
   * @param usualEnd of an order without an end: those of former releases had none
   * @throws IllegalArgumentException when it is something else
   */
  static BreakerOrder ofText(String text, long usualEnd) {
    String[] parts = text.split(SEPARATOR, 2);
    BreakerControl control = BreakerControl.valueOf(parts[0]);
    return of(control, parts.length > 1 ? Long.parseLong(parts[1]) : usualEnd);
  }

  String toText() {
    return ends == NEVER ? control.name() : control.name() + SEPARATOR + ends;
  }

  /** Empty where there is none. */
  Optional<Long> end() {
    return ends == NEVER ? Optional.empty() : Optional.of(ends);
  }
}
