package dev.tollgate.simulator;

import java.util.Locale;

/** A table of a page. Not thread-safe. */
final class Table {

  private final String title;
  private final StringBuilder html = new StringBuilder();
  private boolean empty = true;

  Table(String title, String... columns) {
    this.title = title;
    for (String column : columns) {
      html.append("<th scope=\"col\">").append(Html.escape(column)).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
  }

  /**
   * Adds a row.
   *
   * @param cells made by {@link #text}, {@link #number} or {@link #shares}
   */
  void row(String... cells) {
    empty = false;
    html.append("<tr>").append(String.join("", cells)).append("</tr>\n");
  }

  static String text(String text) {
    return "<td>" + Html.escape(text) + "</td>";
  }

  static String number(String number) {
    return "<td class=\"number\">" + Html.escape(number) + "</td>";
  }

  /** A bar of what became of calls. */
  static String shares(Tally tally) {
    double calls = Math.max(1, tally.calls());
    double admitted = tally.admitted() * 100 / calls;
    double restricted = tally.restricted() * 100 / calls;
    double refused = tally.refused() * 100 / calls;
    String bar =
        """
        <td class="shares"><svg viewBox="0 0 100 1" preserveAspectRatio="none" role="img" \
        aria-label="%.1f %% admitted">\
        <rect class="admitted" width="%.2f" height="1"/>\
        <rect class="restricted" x="%.2f" width="%.2f" height="1"/>\
        <rect class="refused" x="%.2f" width="%.2f" height="1"/></svg></td>""";
    return bar.formatted(admitted, admitted, admitted, restricted, admitted + restricted, refused);
  }

  /** The table under its title; nothing when it has no rows. */
  String html() {
    String form =
        "<section><h2>%s</h2>\n<div class=\"scroll\"><table><thead><tr>%s</tbody></table>";
    return empty
        ? ""
        : String.format(Locale.ROOT, form, Html.escape(title), html) + "</div></section>\n";
  }

  /** The same, to be opened. */
  String folded() {
    return empty
        ? ""
        : "<details><summary>%s</summary>\n<div class=\"scroll\"><table><thead><tr>%s</tbody></table></div></details>\n"
            .formatted(Html.escape(title), html);
  }
}
