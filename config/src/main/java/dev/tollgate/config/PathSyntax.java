package dev.tollgate.config;

import java.util.regex.Pattern;

/**
 * A pattern of a path, of the servlet specification's forms: {@code /api/chat}, {@code /api/*},
 * {@code *.ai}. It is matched with the path as the container dispatches it, so nothing that the
 * container decodes or removes can stand in it.
 */
final class PathSyntax {

  static final int MAX_LENGTH = 1000;

  static final Syntax<String> ONE = new Syntax<>("/api/chat, /v1/* or *.ai", PathSyntax::parse);

  private static final Pattern EXTENSION = Pattern.compile("\\*\\.[^/*]+");
  private static final Pattern UNREACHABLE = Pattern.compile("[;%\\\\?#\\s\\p{Cntrl}]|//");
  private static final Pattern DOT_SEGMENT = Pattern.compile("(^|/)\\.\\.?(/|$)");

  private PathSyntax() {}

  private static String parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a pattern has at most " + MAX_LENGTH + " characters");
    }
    if (UNREACHABLE.matcher(text).find() || DOT_SEGMENT.matcher(text).find()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' can match no request: paths are decoded and normalised,"
              + " so a pattern has no ; % \\ ? # // . .. or space");
    }
    if (EXTENSION.matcher(text).matches()) {
      return text;
    }
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("'" + text + "' must start with / or *.");
    }
    int star = text.indexOf('*');
    if (star >= 0 && !(star == text.length() - 1 && text.endsWith("/*"))) {
      throw new IllegalArgumentException("'" + text + "' may have its * only in a final /*");
    }
    return text;
  }
}
