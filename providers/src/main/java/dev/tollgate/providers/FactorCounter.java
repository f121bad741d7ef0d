package dev.tollgate.providers;

import dev.tollgate.TokenCounter;

/** Counts so many tokens for a thousand bytes of UTF-8, rounded up. Immutable. */
record FactorCounter(int tokensPerThousandBytes) implements TokenCounter {

  @Override
  public long count(String text) {
    return (Utf8.length(text) * tokensPerThousandBytes + 999) / 1000;
  }

  @Override
  public String last(String text, long tokens) {
    long most = Utf8.length(text);
    long room = tokens > most ? most : tokens * 1000 / tokensPerThousandBytes;
    int start = text.length();
    while (start > 0 && room >= Utf8.length(text.charAt(start - 1))) {
      start--;
      room -= Utf8.length(text.charAt(start));
    }
    boolean splitsPair =
        start > 0 && start < text.length() && Character.isLowSurrogate(text.charAt(start));
    return text.substring(splitsPair ? start + 1 : start);
  }
}
