package dev.tollgate.dashboard;

import java.util.List;

/** A table that scrolls aside where it is too wide, by the keyboard too. Stateless. */
final class WideTable {

  private WideTable() {}

  /**
   * Begins one, with its head: its rows follow, up to {@link #close}.
   *
   * @param label the id of the heading that names it
   * @param texts the headings of its first columns
   * @param numbers the headings of the others
   */
  static void open(Html html, String label, List<String> texts, List<String> numbers) {
    html.open(
        "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-labelledby", label);
    html.open("table").open("thead").open("tr");
    texts.forEach(heading -> html.element("th", heading, "scope", "col"));
    numbers.forEach(heading -> html.element("th", heading, "scope", "col", "class", "number"));
    html.close().close().open("tbody");
  }

  static void close(Html html) {
    html.close().close().close();
  }
}
