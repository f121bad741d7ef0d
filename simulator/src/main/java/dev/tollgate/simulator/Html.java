package dev.tollgate.simulator;

/** Text as HTML. Stateless. */
final class Html {

  private Html() {}

  /** The text with nothing in it that HTML understands, also within an attribute. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> append(escaped, c));
    return escaped.toString();
  }

  private static void append(StringBuilder escaped, int c) {
    switch (c) {
      case '<' -> escaped.append("&lt;");
      case '>' -> escaped.append("&gt;");
      case '&' -> escaped.append("&amp;");
      case '"' -> escaped.append("&quot;");
      case '\'' -> escaped.append("&#39;");
      default -> escaped.appendCodePoint(isInvisible(c) ? '\uFFFD' : c);
    }
  }

  /** Control characters, and those that turn the direction of the text after them. */
  private static boolean isInvisible(int c) {
    return Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
  }
}
