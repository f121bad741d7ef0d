package dev.tollgate;

/**
 * What a call will use, at a guess made before it.
 *
 * @param inputTokens 0 to {@link Usage#MAX_TOKENS}
 * @param outputTokens 0 to {@link Usage#MAX_TOKENS}
 */
public record Estimate(long inputTokens, long outputTokens) {

  /** A call that uses no tokens. */
  public static final Estimate NONE = new Estimate(0, 0);

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public Estimate {
    if (inputTokens < 0 || outputTokens < 0) {
      throw new IllegalArgumentException(
          "estimate of " + inputTokens + " and " + outputTokens + " tokens is negative");
    }
    if (inputTokens > Usage.MAX_TOKENS || outputTokens > Usage.MAX_TOKENS) {
      throw new IllegalArgumentException(
          "estimate of "
              + inputTokens
              + " and "
              + outputTokens
              + " tokens is above "
              + Usage.MAX_TOKENS);
    }
  }

  /** The usage if the estimate is right. */
  public Usage toUsage() {
    return Usage.of(inputTokens, outputTokens);
  }
}
