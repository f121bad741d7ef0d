package dev.tollgate.simulator;

import java.io.PrintStream;
import java.util.Locale;

/** Shows how far a simulation is, at every percent or tenth. Not thread-safe. */
final class Progress {

  /** How progress is shown. */
  enum Style {
    NONE,
    /** A line for every tenth. */
    LINES,
    /** One line that fills up. */
    BAR
  }

  private static final int WIDTH = 40;

  private final PrintStream out;
  private final Style style;
  private final long calls;
  private long made;
  private long shown;

  /**
   * @param calls how many calls there will be, about
   */
  Progress(PrintStream out, Style style, long calls) {
    this.out = out;
    this.style = style;
    this.calls = calls;
  }

  void madeOne() {
    made++;
    long percent = Math.min(100, made * 100 / calls);
    int step = style == Style.BAR ? 1 : 10;
    if (style != Style.NONE && percent / step > shown / step) {
      shown = percent;
      show(percent);
    }
  }

  private void show(long percent) {
    if (style == Style.LINES) {
      out.printf(Locale.ROOT, "%d %%, %,d calls%n", percent, made);
      return;
    }
    int full = (int) (percent * WIDTH / 100);
    String bar = "#".repeat(full) + "-".repeat(WIDTH - full);
    out.printf(Locale.ROOT, "\r[%s] %3d %%  %,d calls ", bar, percent, made);
  }

  /** Leaves the line of a bar. */
  void end() {
    if (style == Style.BAR && shown > 0) {
      out.println();
    }
  }
}
