package dev.tollgate.dashboard;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML. Texts and the values of attributes are escaped; the names of elements and attributes
 * are the program's own. Not thread-safe.
 */
final class Html {

  private final StringBuilder out = new StringBuilder(4096);
  private final Deque<String> open = new ArrayDeque<>();

  /** A whole document. */
  static Html document() {
    Html html = new Html();
    html.out.append("<!DOCTYPE html>\n");
    return html;
  }

  /**
   * Begins an element.
   *
   * @param attributes names and values in turn
   */
  Html open(String name, String... attributes) {
    tag(name, attributes);
    open.push(name);
    return this;
  }

  /** Ends the innermost open element. */
  Html close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** An element that has no end, such as {@code input}. */
  Html leaf(String name, String... attributes) {
    tag(name, attributes);
    return this;
  }

  /** An element with nothing but text in it. */
  Html element(String name, String text, String... attributes) {
    return open(name, attributes).text(text).close();
  }

  /**
   * A text that others chose, such as a name: it cannot change the direction of its surroundings.
   */
  Html foreign(String text) {
    return element("bdi", text);
  }

  Html text(String text) {
    escape(text);
    return this;
  }

  private void tag(String name, String... attributes) {
    out.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
    out.append('>');
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(Character.isISOControl(c) && c != '\n' ? '\uFFFD' : c);
      }
    }
  }

  /**
   * What was written.
   *
   * @throws IllegalStateException when an element is still open
   */
  String finish() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("elements " + open + " are not closed");
    }
    return out.toString();
  }
}
