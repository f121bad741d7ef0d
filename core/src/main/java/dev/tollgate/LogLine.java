package dev.tollgate;

import java.util.Locale;

/**
 * A line of a log: {@code key="value"} pairs, whose values can neither end their quotes nor their
 * line, whoever chose them. Not thread-safe.
 */
public final class LogLine {

  private final StringBuilder out = new StringBuilder(256);

  /**
   * Adds a pair.
   *
   * @param key letters, digits and dots
   */
  public LogLine add(String key, String value) {
    out.append(out.isEmpty() ? "" : " ").append(key).append("=\"");
    value.codePoints().forEach(this::addCharacter);
    out.append('"');
    return this;
  }

  private void addCharacter(int character) {
    if (character == '"' || character == '\\') {
      out.append('\\').appendCodePoint(character);
    } else if (isInvisible(character)) {
      out.append(String.format(Locale.ROOT, "\\u{%x}", character));
    } else {
      out.appendCodePoint(character);
    }
  }

  /** What ends a line, or makes it read other than it is. */
  private static boolean isInvisible(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  /** The line, without its end. */
  @Override
  public String toString() {
    return out.toString();
  }
}
