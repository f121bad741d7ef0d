package dev.tollgate.simulator;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;

/**
 * An axis of a chart: from 0 to 1, with marks at round values. Immutable.
 *
 * @param top the value at its end
 * @param marks its marks
 */
record Axis(double top, List<Mark> marks) {

  /**
   * A mark.
   *
   * @param place on the axis: 0 to 1
   * @param label its value
   */
  record Mark(double place, String label) {}

  private static final int MAX_STEPS = 5;
  private static final int MAX_TIME_STEPS = 8;

  /** Marks after this have no room for their label. */
  private static final double LAST_TIME = 0.97;

  private static final long MINUTE = 60_000_000;

  /** Stretches between the marks of a time axis: minutes. */
  private static final long[] MINUTES = {
    1,
    5,
    15,
    30,
    60,
    120,
    360,
    720,
    1440,
    2880,
    7 * 1440,
    14 * 1440,
    30 * 1440,
    91 * 1440,
    365 * 1440,
    1000 * 1440
  };

  Axis {
    marks = List.copyOf(marks);
  }

  /**
   * An axis from 0 that has room for a value.
   *
   * @param whole whether only whole numbers make sense
   */
  static Axis upTo(double highest, boolean whole) {
    double room = whole ? Math.max(highest, MAX_STEPS) : highest > 0 ? highest : 1;
    double step = step(room / MAX_STEPS);
    int steps = (int) Math.max(1, Math.ceil(highest / step - 1e-9));
    List<Mark> marks = new ArrayList<>();
    for (int i = 0; i <= steps; i++) {
      BigDecimal value =
          BigDecimal.valueOf(step).multiply(BigDecimal.valueOf(i)).round(new MathContext(6));
      marks.add(new Mark((double) i / steps, label(value)));
    }
    return new Axis(step * steps, marks);
  }

  /** The next of 1, 2, 5, 10, 20, 50 and so on. */
  private static double step(double least) {
    BigDecimal digit = BigDecimal.valueOf(1, -(int) Math.floor(Math.log10(least)));
    for (int factor : new int[] {1, 2, 5}) {
      double step = digit.multiply(BigDecimal.valueOf(factor)).doubleValue();
      if (step >= least * (1 - 1e-9)) {
        return step;
      }
    }
    return digit.movePointRight(1).doubleValue();
  }

  private static String label(BigDecimal value) {
    BigDecimal plain = value.stripTrailingZeros();
    int decimals = Math.max(0, plain.scale());
    return String.format(Locale.ROOT, "%,." + decimals + "f", plain);
  }

  /** An axis of time, with at most nine marks at round times. */
  static Axis ofTime(long fromMicros, long toMicros, LongFunction<String> label) {
    long span = toMicros - fromMicros;
    long step = MINUTES[MINUTES.length - 1] * MINUTE;
    for (int i = MINUTES.length - 1; i >= 0; i--) {
      step = span / (MINUTES[i] * MINUTE) <= MAX_TIME_STEPS ? MINUTES[i] * MINUTE : step;
    }
    List<Mark> marks = new ArrayList<>();
    long first = -Math.floorDiv(-fromMicros, step) * step;
    for (long at = first; at - fromMicros <= span * LAST_TIME; at += step) {
      marks.add(new Mark((double) (at - fromMicros) / span, label.apply(at)));
    }
    return new Axis(span, marks);
  }
}
