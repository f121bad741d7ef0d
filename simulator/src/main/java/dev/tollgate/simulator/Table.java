package dev.tollgate.simulator;

/** A table of a page. Not thread-safe. */
final class Table {

  private final String title;
  private final StringBuilder head = new StringBuilder();
  private final StringBuilder body = new StringBuilder();

  Table(String title) {
    this.title = title;
  }

  /** Adds columns of text. */
  Table texts(String... names) {
    return columns("text", names);
  }

  /** Adds columns of numbers. */
  Table numbers(String... names) {
    return columns("number", names);
  }

  /** Adds a column of bars. */
  Table shares(String name) {
    return columns("shares", name);
  }

  private Table columns(String style, String... names) {
    for (String name : names) {
      head.append("<th scope=\"col\" class=\"%s\">%s</th>".formatted(style, Html.escape(name)));
    }
    return this;
  }

  /**
   * Adds a row.
   *
   * @param cells made by {@link #text}, {@link #number} or {@link #shares}
   */
  void row(String... cells) {
    body.append("<tr>").append(String.join("", cells)).append("</tr>\n");
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
    return body.isEmpty()
        ? ""
        : "<section><h2>%s</h2>\n%s</section>\n".formatted(Html.escape(title), table());
  }

  /** The same, to be opened. */
  String folded() {
    String form = "<details><summary>%s</summary>\n%s</details>\n";
    return body.isEmpty() ? "" : form.formatted(Html.escape(title), table());
  }

  private String table() {
    return """
        <div class="scroll" tabindex="0"><table>
        <thead><tr>%s</tr></thead>
        <tbody>
        %s</tbody>
        </table></div>
        """
        .formatted(head, body);
  }
}
