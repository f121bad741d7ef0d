package dev.tollgate.config;

import dev.tollgate.Call;

/**
 * What calls of a route ask for when they do not say so.
 *
 * @param model the model to price them by, empty for none: at most {@link Call#MAX_MODEL_LENGTH}
 *     characters
 * @param maxTokens the most output tokens of an answer: 1 to 1,000,000
 */
public record CallDefaults(String model, int maxTokens) {

  static final int HIGHEST_MAX_TOKENS = 1_000_000;

  /** No model, 4096 tokens. */
  public static final CallDefaults NONE = new CallDefaults("", 4096);
}
