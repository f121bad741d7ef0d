package dev.tollgate.dashboard;

import java.math.BigDecimal;
import java.util.List;

/** Writes Prometheus's text format, version 0.0.4. Not thread-safe. */
final class PrometheusText {

  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder out = new StringBuilder(4096);
  private String family = "";

  /**
   * Begins the samples of a name.
   *
   * @param dotted letters, digits, dots and underscores
   * @param type {@code counter}, {@code gauge} or {@code histogram}
   */
  void family(String dotted, String help, String type) {
    family = dotted.replace('.', '_');
    String name = type.equals("counter") ? family + "_total" : family;
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /**
   * A sample of the family.
   *
   * @param suffix such as {@code _total}, empty for none
   * @param values of the labels, in their order
   */
  void sample(String suffix, List<String> labels, List<String> values, BigDecimal value) {
    out.append(family).append(suffix);
    for (int i = 0; i < labels.size(); i++) {
      out.append(i == 0 ? '{' : ',').append(labels.get(i).replace('.', '_')).append("=\"");
      out.append(escaped(values.get(i))).append('"');
    }
    out.append(labels.isEmpty() ? " " : "} ");
    out.append(value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString()).append('\n');
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
