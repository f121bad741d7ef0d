package dev.tollgate.dashboard;

import dev.tollgate.LimitState;
import dev.tollgate.Window;
import java.util.Locale;

/**
 * How full a limit is, as a bar.
 *
 * @param usedPercent what is posted: 0 to 100
 * @param heldPercent what is held above it: 0 to what is left of 100
 */
record LimitBar(double usedPercent, double heldPercent) {

  private static final double HIGH_PERCENT = 80;

  static LimitBar of(LimitState state) {
    return of(state.used(), state.held(), capacity(state));
  }

  /** The bar of amounts, of which the whole is 1 or more. */
  static LimitBar of(long used, long held, long whole) {
    double usedPercent = Math.min(100, Math.max(0, 100.0 * used / whole));
    double heldPercent = Math.min(100 - usedPercent, Math.max(0, 100.0 * held / whole));
    return new LimitBar(usedPercent, heldPercent);
  }

  /** The most that can be used: the amount of a quota, the burst of a rate. */
  static long capacity(LimitState state) {
    return state.limit().window() instanceof Window.Rolling rolling
        ? rolling.burst()
        : state.limit().amount();
  }

  String level() {
    double both = usedPercent + heldPercent;
    return both >= 100 ? "over" : both >= HIGH_PERCENT ? "high" : "low";
  }

  void write(Html html, String name, String left) {
    html.open(
        "div",
        "class",
        "bar",
        "data-level",
        level(),
        "role",
        "meter",
        "aria-label",
        name + ": used",
        "aria-valuemin",
        "0",
        "aria-valuemax",
        "100",
        "aria-valuenow",
        Long.toString(Math.round(usedPercent + heldPercent)),
        "aria-valuetext",
        left);
    html.open("svg", "viewBox", "0 0 100 1", "preserveAspectRatio", "none", "aria-hidden", "true");
    html.element("rect", "", "class", "used", "width", number(usedPercent), "height", "1");
    html.element(
        "rect",
        "",
        "class",
        "held",
        "x",
        number(usedPercent),
        "width",
        number(heldPercent),
        "height",
        "1");
    html.close().close();
  }

  private static String number(double percent) {
    return String.format(Locale.ROOT, "%.2f", percent);
  }
}
