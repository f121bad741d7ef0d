package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.Analytics.Dimension;
import dev.tollgate.BudgetStatus;
import dev.tollgate.Resolution;
import dev.tollgate.Window;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a provider's budget was used up so far, and will be at this pace: a drawing, and the numbers
 * behind it as a table. Immutable.
 *
 * @param provider whose budget it is
 * @param limit nano-USD
 * @param from when the window began
 * @param to when it ends
 * @param now the time
 * @param steps what had been spent in all, by the ends of hours or days
 */
record BurnDown(
    String provider, long limit, Instant from, Instant to, Instant now, List<Step> steps) {

  /**
   * @param until when an hour or day ended, or now
   * @param spent nano-USD in all by then
   */
  record Step(Instant until, long spent) {}

  private static final int WIDTH = 300;
  private static final int HEIGHT = 80;

  BurnDown {
    steps = List.copyOf(steps);
  }

  /**
   * The sums of hours of a daily budget, and of days of a monthly one. The first and the last time
   * may reach over the window's ends, as they are of UTC.
   *
   * @throws StoreException when the store does not answer
   */
  static BurnDown read(Analytics analytics, BudgetStatus status, Instant now)
      throws StoreException {
    String provider = status.budget().provider();
    boolean daily =
        status.budget().limit().window() instanceof Window.Calendar calendar
            && calendar.unit() == Window.Unit.DAY;
    Resolution resolution = daily ? Resolution.HOUR : Resolution.DAY;
    Duration length = daily ? Duration.ofHours(1) : Duration.ofDays(1);
    List<Step> steps = new ArrayList<>();
    long spent = 0;
    for (Analytics.Point point :
        analytics.history(
            Dimension.PROVIDER, provider, resolution, status.startsAt(), status.resetsAt())) {
      spent += point.totals().costNanoUsd();
      Instant end = point.start().plus(length);
      steps.add(new Step(end.isAfter(now) ? now : end, spent));
    }
    return new BurnDown(
        provider,
        status.budget().limit().amount(),
        status.startsAt(),
        status.resetsAt(),
        now,
        steps);
  }

  /** Nothing, as long as nothing was spent. */
  void write(Html html, Numbers numbers) {
    if (steps.isEmpty()) {
      return;
    }
    html.open(
        "svg",
        "class",
        "burndown",
        "viewBox",
        "0 0 " + WIDTH + " " + HEIGHT,
        "preserveAspectRatio",
        "none",
        "aria-hidden",
        "true");
    html.element("path", "", "class", "limit", "d", line(from, limit, to, limit));
    Step last = steps.get(steps.size() - 1);
    html.element("path", "", "class", "pace", "d", line(now, last.spent(), to, atEnd()));
    html.element("path", "", "class", "spent", "d", spentPath());
    html.close();
    html.open("details", "id", "burndown-" + provider);
    html.element("summary", "How it was spent");
    html.open("table").open("thead").open("tr");
    html.element("th", "Until (UTC)", "scope", "col");
    html.element("th", "Spent in all", "scope", "col", "class", "number");
    html.close().close().open("tbody");
    steps.forEach(step -> writeRow(html, step, numbers));
    html.close().close().close();
  }

  private static void writeRow(Html html, Step step, Numbers numbers) {
    String shown = step.until().toString().substring(0, 16).replace('T', ' ');
    html.open("tr").open("th", "scope", "row");
    html.element("time", shown, "datetime", step.until().toString(), "data-utc", "").close();
    html.open("td", "class", "number");
    numbers.writeDollars(html, step.spent());
    html.close().close();
  }

  /** What will have been spent at the end, at the pace so far. */
  private long atEnd() {
    long spent = steps.get(steps.size() - 1).spent();
    return Forecast.atEnd(spent, from, to, now).orElse(spent);
  }

  private String spentPath() {
    StringBuilder path = new StringBuilder("M").append(place(from, 0));
    steps.forEach(step -> path.append(" L").append(place(step.until(), step.spent())));
    long spent = steps.get(steps.size() - 1).spent();
    return path.append(" L").append(place(now, spent)).toString();
  }

  private String line(Instant start, long amount, Instant end, long endAmount) {
    return "M" + place(start, amount) + " L" + place(end, endAmount);
  }

  private String place(Instant at, long nanoUsd) {
    double whole = Duration.between(from, to).toMillis();
    double x = WIDTH * Math.min(1, Math.max(0, Duration.between(from, at).toMillis() / whole));
    double tallest = 1.05 * Math.max(limit, atEnd());
    return String.format(Locale.ROOT, "%.1f %.1f", x, HEIGHT * (1 - nanoUsd / tallest));
  }
}
