package dev.tollgate.providers;

import com.knuddels.jtokkit.api.Encoding;
import dev.tollgate.TokenCounter;
import java.util.SplittableRandom;

/**
 * Counts as a model's own tokenizer does: exactly up to {@link #MAX_EXACT_CHARS}, and beyond by
 * windows, one at a random place in each of as many equal parts of the text. So the time of a count
 * has a bound, whatever the text: a long run of one letter costs a tokenizer more than any prose.
 * And nobody who writes a text knows which parts of it should be cheap: the places follow from the
 * text and a secret, so that a text is always counted alike. Immutable.
 */
final class EncodingCounter implements TokenCounter {

  static final int MAX_EXACT_CHARS = 4096;

  private static final int WINDOWS = 16;
  private static final int WINDOW_CHARS = MAX_EXACT_CHARS / WINDOWS;
  private static final int MAX_TRIES = 8;

  private final Encoding encoding;
  private final long secret;

  EncodingCounter(Encoding encoding, long secret) {
    this.encoding = encoding;
    this.secret = secret;
  }

  @Override
  public long count(String text) {
    return text.length() <= MAX_EXACT_CHARS
        ? encoding.countTokensOrdinary(text)
        : (long) Math.ceil((double) windowTokens(text) * text.length() / MAX_EXACT_CHARS);
  }

  private long windowTokens(String text) {
    long tokens = 0;
    SplittableRandom places = new SplittableRandom(secret ^ text.hashCode());
    for (int i = 0; i < WINDOWS; i++) {
      int from = (int) ((long) text.length() * i / WINDOWS);
      int to = (int) ((long) text.length() * (i + 1) / WINDOWS);
      int start = places.nextInt(from, Math.max(from, to - WINDOW_CHARS) + 1);
      tokens += encoding.countTokensOrdinary(text.substring(start, start + WINDOW_CHARS));
    }
    return tokens;
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
