package dev.tollgate.filter;

import java.util.Comparator;
import java.util.Locale;

/**
 * A URL pattern of the servlet specification, ignoring case. Immutable.
 *
 * @param kind its form
 * @param text the path of an exact pattern; a prefix without its {@code /*}; an extension with its
 *     dot
 */
record PathPattern(Kind kind, String text) {

  /** Exact paths first, then longer prefixes before shorter ones, then extensions. */
  static final Comparator<PathPattern> PRECEDENCE =
      Comparator.comparing(PathPattern::kind)
          .thenComparing(pattern -> pattern.text().length(), Comparator.reverseOrder());

  enum Kind {
    EXACT,
    PREFIX,
    EXTENSION
  }

  static PathPattern of(String pattern) {
    String lower = pattern.toLowerCase(Locale.ROOT);
    if (lower.endsWith("/*")) {
      return new PathPattern(Kind.PREFIX, lower.substring(0, lower.length() - 2));
    }
    if (lower.startsWith("*.")) {
      return new PathPattern(Kind.EXTENSION, lower.substring(1));
    }
    boolean slash = lower.length() > 1 && lower.endsWith("/");
    return new PathPattern(Kind.EXACT, slash ? lower.substring(0, lower.length() - 1) : lower);
  }

  /**
   * @param path in lower case, without a slash at the end
   */
  boolean matches(String path) {
    return switch (kind) {
      case EXACT -> path.equals(text);
      case PREFIX ->
          path.startsWith(text)
              && (path.length() == text.length() || path.charAt(text.length()) == '/');
      case EXTENSION -> path.endsWith(text);
    };
  }
}
