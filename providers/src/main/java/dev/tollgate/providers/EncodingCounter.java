package dev.tollgate.providers;

import com.knuddels.jtokkit.api.Encoding;
import dev.tollgate.TokenCounter;

/**
 * Counts as a model's own tokenizer does: exactly up to {@link #MAX_EXACT_CHARS}, and beyond by
 * windows spread evenly over the text. So the time of a count has a bound, whatever the text: a
 * long run of one letter costs a tokenizer more than any prose. Immutable.
 */
final class EncodingCounter implements TokenCounter {

  static final int MAX_EXACT_CHARS = 4096;

  private static final int WINDOWS = 8;
  private static final int WINDOW_CHARS = MAX_EXACT_CHARS / WINDOWS;
  private static final int MAX_TRIES = 8;

  private final Encoding encoding;

  EncodingCounter(Encoding encoding) {
    this.encoding = encoding;
  }

  @Override
  public long count(String text) {
    return text.length() <= MAX_EXACT_CHARS
        ? encoding.countTokensOrdinary(text)
        : (long) Math.ceil(Utf8.length(text) * tokensPerByte(text));
  }

  private double tokensPerByte(String text) {
    long tokens = 0;
    long bytes = 0;
    for (int i = 0; i < WINDOWS; i++) {
      int start = (int) ((long) (text.length() - WINDOW_CHARS) * i / (WINDOWS - 1));
      String window = text.substring(start, start + WINDOW_CHARS);
      tokens += encoding.countTokensOrdinary(window);
      bytes += Utf8.length(window);
    }
    return (double) tokens / bytes;
  }

  /** An end of the text that fits, and is near the longest. */
  @Override
  public String last(String text, long tokens) {
    String end = text;
    for (int i = 0; i < MAX_TRIES; i++) {
      long count = count(end);
      if (count <= tokens) {
        return end;
      }
      int permille = (int) Math.max(1, 1000.0 * count / Math.max(1, Utf8.length(end)));
      end = new FactorCounter(permille + 1).last(end, tokens);
    }
    return tokens == 0 ? "" : new FactorCounter(1000).last(end, tokens / 2);
  }
}
