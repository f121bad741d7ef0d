package dev.tollgate;

/** Counts a token for every so many bytes of UTF-8. Immutable. */
record Utf8TokenCounter(int bytesPerToken) implements TokenCounter {

  @Override
  public long count(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      bytes += bytes(text.charAt(i));
    }
    return (bytes + bytesPerToken - 1) / bytesPerToken;
  }

  @Override
  public String last(String text, long tokens) {
    long room = tokens > Long.MAX_VALUE / bytesPerToken ? Long.MAX_VALUE : tokens * bytesPerToken;
    int start = text.length();
    while (start > 0) {
      room -= bytes(text.charAt(start - 1));
      if (room < 0) {
        break;
      }
      start--;
    }
    boolean splitsPair =
        start > 0 && start < text.length() && Character.isLowSurrogate(text.charAt(start));
    return text.substring(splitsPair ? start + 1 : start);
  }

  /** The bytes of a UTF-16 unit; the halves of a surrogate pair count two each. */
  private static int bytes(char unit) {
    if (unit < 0x80) {
      return 1;
    }
    return unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
  }
}
