package dev.tollgate;

/**
 * What a call used, as its provider reports it. Any number is taken here; {@link
 * Reservation#settle(Usage)} deals with those that make no sense.
 *
 * @param inputTokens all input tokens, cached ones included
 * @param cacheReadTokens those of the input that were read from a cache
 * @param cacheWriteTokens those of the input that were written to a cache
 * @param hourCacheWriteTokens those written to a cache that keeps them for an hour, where that
 *     costs more than the usual minutes
 * @param outputTokens all output tokens, reasoning included
 * @param reasoningTokens those of the output that were reasoning
 */
public record Usage(
    long inputTokens,
    long cacheReadTokens,
    long cacheWriteTokens,
    long hourCacheWriteTokens,
    long outputTokens,
    long reasoningTokens) {

  /** More tokens than this in one call are no true report: one billion. */
  public static final long MAX_TOKENS = 1_000_000_000L;

  public static final Usage NONE = of(0, 0);

  /** A usage whose caches keep nothing for an hour. */
  public Usage(
      long inputTokens,
      long cacheReadTokens,
      long cacheWriteTokens,
      long outputTokens,
      long reasoningTokens) {
    this(inputTokens, cacheReadTokens, cacheWriteTokens, 0, outputTokens, reasoningTokens);
  }

  public static Usage of(long inputTokens, long outputTokens) {
    return new Usage(inputTokens, 0, 0, outputTokens, 0);
  }

  /** Input and output together, as {@link Meter#TOKENS} counts them. */
  public long totalTokens() {
    return inputTokens + outputTokens;
  }

  /** The usage of two answers together. */
  public Usage plus(Usage other) {
    return new Usage(
        inputTokens + other.inputTokens,
        cacheReadTokens + other.cacheReadTokens,
        cacheWriteTokens + other.cacheWriteTokens,
        hourCacheWriteTokens + other.hourCacheWriteTokens,
        outputTokens + other.outputTokens,
        reasoningTokens + other.reasoningTokens);
  }

  /** Whether every number is in its range and no part is larger than its whole. */
  public boolean isPlausible() {
    return inRange(inputTokens, MAX_TOKENS)
        && inRange(outputTokens, MAX_TOKENS)
        && inRange(cacheReadTokens, inputTokens)
        && inRange(cacheWriteTokens, inputTokens - cacheReadTokens)
        && inRange(hourCacheWriteTokens, cacheWriteTokens)
        && inRange(reasoningTokens, outputTokens);
  }

  /**
   * The nearest plausible usage: a negative count becomes that of {@code reserved}, an absurd one
   * {@link #MAX_TOKENS}, and a part is cut to its whole.
   */
  Usage clamped(Estimate reserved) {
    long input = clamped(inputTokens, reserved.inputTokens());
    long output = clamped(outputTokens, reserved.outputTokens());
    long cacheRead = part(cacheReadTokens, input);
    long cacheWrite = part(cacheWriteTokens, input - cacheRead);
    return new Usage(
        input,
        cacheRead,
        cacheWrite,
        part(hourCacheWriteTokens, cacheWrite),
        output,
        part(reasoningTokens, output));
  }

  private static boolean inRange(long value, long max) {
    return value >= 0 && value <= max;
  }

  private static long clamped(long value, long ifNegative) {
    return value < 0 ? ifNegative : Math.min(value, MAX_TOKENS);
  }

  private static long part(long value, long whole) {
    return Math.max(0, Math.min(value, whole));
  }
}
