package dev.tollgate;

import java.util.Optional;

/**
 * What a restricted call may still use.
 *
 * @param contextTokens the most input tokens: 1 or more, {@link #UNBOUNDED} for no bound
 * @param outputTokens the most output tokens: 1 or more, {@link #UNBOUNDED} for no bound
 * @param modelName the model to use instead, empty for no change
 * @param priority the place in a waiting room
 */
public record Restriction(
    long contextTokens, long outputTokens, String modelName, Priority priority) {

  public static final long UNBOUNDED = Long.MAX_VALUE;

  /** Restricts nothing. */
  public static final Restriction NONE = new Restriction(UNBOUNDED, UNBOUNDED, "", Priority.NORMAL);

  /** A context of 4000 tokens, answers of 256, low priority. */
  public static final Restriction DEFAULT = new Restriction(4000, 256, "", Priority.LOW);

  /**
   * @throws IllegalArgumentException when a bound is below 1
   */
  public Restriction {
    if (contextTokens < 1 || outputTokens < 1) {
      throw new IllegalArgumentException(
          "context " + contextTokens + " and output " + outputTokens + " must be 1 or more");
    }
  }

  /** The model to use instead of the one asked for. */
  public Optional<String> model() {
    return modelName.isEmpty() ? Optional.empty() : Optional.of(modelName);
  }

  /** The model to use when {@code asked} was asked for. */
  public String modelFor(String asked) {
    return modelName.isEmpty() ? asked : modelName;
  }

  /** The lower of the bound on output tokens and {@code maxTokens}. */
  public int clampOutput(int maxTokens) {
    return (int) Math.min(maxTokens, outputTokens);
  }

  /**
   * The latest part of a prompt that fits into the bound on context tokens, by {@link
   * TokenCounter#APPROXIMATE}. Never splits a character.
   */
  public String clampContext(String prompt) {
    return TokenCounter.APPROXIMATE.last(prompt, contextTokens);
  }

  /** What is left of an estimate under this restriction. */
  public Estimate clamp(Estimate estimate) {
    return new Estimate(
        Math.min(estimate.inputTokens(), contextTokens),
        Math.min(estimate.outputTokens(), outputTokens));
  }
}
