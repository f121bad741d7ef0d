package dev.tollgate.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * A chart over time, as HTML around an SVG that fills whatever width there is. It needs no script.
 *
 * <p>Not thread-safe.
 */
final class Chart {

  private static final int WIDTH = 1000;
  private static final int HEIGHT = 300;

  /**
   * Values in the stretches of the timeline.
   *
   * @param name what they are
   * @param style the name of their colour
   * @param values one for each stretch, 0 or more
   */
  record Series(String name, String style, double[] values) {}

  /** A stretch of time that is marked behind the values. */
  record Band(String name, String style, long fromMicros, long toMicros) {}

  private final String title;
  private final Timeline timeline;
  private final TimeFormat format;
  private final List<Band> bands;
  private final Axis across;

  Chart(String title, Timeline timeline, TimeFormat format, List<Band> bands) {
    this.title = title;
    this.timeline = timeline;
    this.format = format;
    this.bands = List.copyOf(bands);
    across = Axis.ofTime(timeline.startMicros(), timeline.endMicros(), format::label);
  }

  /** The first series as an area, and further ones as lines over it. */
  String lines(String unit, List<Series> series, IntFunction<String> hint) {
    double highest = 0;
    for (Series each : series) {
      for (double value : each.values()) {
        highest = Math.max(highest, value);
      }
    }
    Axis up = Axis.upTo(highest, false);
    StringBuilder paths = new StringBuilder();
    for (int i = 0; i < series.size(); i++) {
      String outline = outline(series.get(i).values(), up.top());
      paths.append(
          i == 0
              ? path(series.get(i).style() + " area", outline + "V" + HEIGHT + "H0Z")
              : path(series.get(i).style() + " line", outline));
    }
    return figure(unit, up, series, paths.toString(), hint);
  }

  /** All series as bars that stand on one another. */
  String bars(String unit, List<Series> series, IntFunction<String> hint) {
    double[] sums = new double[timeline.size()];
    for (Series each : series) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += each.values()[i];
      }
    }
    double highest = 0;
    for (double sum : sums) {
      highest = Math.max(highest, sum);
    }
    Axis up = Axis.upTo(highest, true);
    double[] below = new double[sums.length];
    StringBuilder paths = new StringBuilder();
    for (Series each : series) {
      paths.append(path(each.style() + " area", stacked(each.values(), below, up.top())));
    }
    return figure(unit, up, series, paths.toString(), hint);
  }

  /** The steps of values, from the left. */
  private String outline(double[] values, double top) {
    StringBuilder path = new StringBuilder("M0 ").append(y(values[0], top));
    for (int i = 0; i < values.length; i++) {
      path.append('V').append(y(values[i], top)).append('H').append(x(i + 1));
    }
    return path.toString();
  }

  /** Bars upon those below, which grow by them. */
  private String stacked(double[] values, double[] below, double top) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      if (values[i] > 0) {
        String bottom = y(below[i], top);
        below[i] += values[i];
        path.append('M').append(x(i)).append(' ').append(bottom);
        path.append('V').append(y(below[i], top)).append('H').append(x(i + 0.85));
        path.append('V').append(bottom).append('Z');
      }
    }
    return path.toString();
  }

  private String x(double index) {
    return number(index * WIDTH / timeline.size());
  }

  private static String y(double value, double top) {
    return number(HEIGHT - value / top * HEIGHT);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private static String path(String style, String data) {
    return "<path class=\"%s\" d=\"%s\"/>\n".formatted(style, data);
  }

  private String figure(
      String unit, Axis up, List<Series> series, String paths, IntFunction<String> hint) {
    return """
        <figure>
        <figcaption><h2>%s</h2><p>%s</p></figcaption>
        <ul class="legend">%s</ul>
        <div class="plot">
        <div class="up" aria-hidden="true">%s</div>
        <svg viewBox="0 0 %d %d" preserveAspectRatio="none" role="img" aria-label="%s">
        %s%s%s%s</svg>
        <div class="across" aria-hidden="true">%s</div>
        </div>
        </figure>
        """
        .formatted(
            Html.escape(title),
            Html.escape(unit),
            legend(series),
            marks(up, "bottom"),
            WIDTH,
            HEIGHT,
            Html.escape(title + "; the numbers are in the tables below"),
            bandShapes(),
            gridLines(up),
            paths,
            hints(hint),
            marks(across, "left"));
  }

  private String legend(List<Series> series) {
    StringBuilder legend = new StringBuilder();
    List<String> seen = new ArrayList<>();
    series.forEach(each -> legend.append(legendEntry(each.name(), each.style())));
    for (Band band : bands) {
      if (!seen.contains(band.name())) {
        seen.add(band.name());
        legend.append(legendEntry(band.name(), band.style()));
      }
    }
    return legend.toString();
  }

  private static String legendEntry(String name, String style) {
    return "<li><i class=\"%s\"></i>%s</li>".formatted(style, Html.escape(name));
  }

  private static String marks(Axis axis, String side) {
    StringBuilder marks = new StringBuilder();
    for (Axis.Mark mark : axis.marks()) {
      marks.append(
          "<span style=\"%s:%s%%\">%s</span>"
              .formatted(side, number(mark.place() * 100), Html.escape(mark.label())));
    }
    return marks.toString();
  }

  private String bandShapes() {
    StringBuilder shapes = new StringBuilder();
    double span = across.top();
    for (Band band : bands) {
      double from = Math.max(0, band.fromMicros() - timeline.startMicros()) / span * WIDTH;
      double to = Math.min(span, band.toMicros() - timeline.startMicros()) / span * WIDTH;
      shapes.append(
          "<rect class=\"%s\" x=\"%s\" width=\"%s\" height=\"%d\"/>\n"
              .formatted(band.style(), number(from), number(Math.max(0, to - from)), HEIGHT));
    }
    return shapes.toString();
  }

  private static String gridLines(Axis up) {
    StringBuilder lines = new StringBuilder();
    for (Axis.Mark mark : up.marks()) {
      lines.append("M0 ").append(number(HEIGHT - mark.place() * HEIGHT)).append('H').append(WIDTH);
    }
    return path("grid", lines.toString());
  }

  /** What browsers show when a pointer rests on a stretch. */
  private String hints(IntFunction<String> hint) {
    StringBuilder hints = new StringBuilder("<g class=\"hints\">\n");
    for (int i = 0; i < timeline.size(); i++) {
      String text = format.label(timeline.micros(i)) + ": " + hint.apply(i);
      hints.append(
          "<rect x=\"%s\" width=\"%s\" height=\"%d\"><title>%s</title></rect>\n"
              .formatted(x(i), x(1), HEIGHT, Html.escape(text)));
    }
    return hints.append("</g>\n").toString();
  }
}
