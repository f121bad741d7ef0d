package dev.tollgate.cdi;

import dev.tollgate.Estimate;
import dev.tollgate.Restriction;
import dev.tollgate.TokenCounter;
import dev.tollgate.Usage;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The places of a method's annotated parameters.
 *
 * @param prompts those of {@link Prompt}, in order
 * @param maxOutput that of {@link MaxOutputTokens}
 * @param maxOutputIsLong whether it takes a long
 * @param model that of {@link Model}
 */
record Parameters(
    List<Integer> prompts, OptionalInt maxOutput, boolean maxOutputIsLong, OptionalInt model) {

  Parameters {
    prompts = List.copyOf(prompts);
  }

  /**
   * What a call with these arguments will use.
   *
   * @throws IllegalArgumentException when the most output tokens are out of their range
   */
  Estimate estimate(@Nullable Object[] arguments, int defaultMaxOutput, TokenCounter counter) {
    long input = 0;
    for (int prompt : prompts) {
      input += counter.count(text(arguments[prompt]));
    }
    return new Estimate(Math.min(input, Usage.MAX_TOKENS), maxOutput(arguments, defaultMaxOutput));
  }

  /** The model that a call with these arguments asks for. */
  String model(@Nullable Object[] arguments, String defaultModel) {
    String asked = model.isPresent() ? text(arguments[model.getAsInt()]) : "";
    return asked.isEmpty() ? defaultModel : asked;
  }

  /** The same arguments, with those changed that exceed the restriction. */
  @Nullable Object[] restrict(
      @Nullable Object[] arguments,
      Restriction restriction,
      int defaultMaxOutput,
      TokenCounter counter) {
    @Nullable Object[] restricted = arguments.clone();
    restrictPrompts(restricted, restriction.contextTokens(), counter);
    maxOutput.ifPresent(place -> restrictOutput(restricted, place, restriction, defaultMaxOutput));
    restriction.model().ifPresent(name -> model.ifPresent(place -> restricted[place] = name));
    return restricted;
  }

  private void restrictPrompts(
      @Nullable Object[] arguments, long contextTokens, TokenCounter counter) {
    long left = contextTokens;
    for (int i = prompts.size() - 1; i >= 0; i--) {
      int place = prompts.get(i);
      String prompt = text(arguments[place]);
      String kept = counter.last(prompt, left);
      left = Math.max(0, left - counter.count(kept));
      if (kept.length() < prompt.length()) {
        arguments[place] = kept;
      }
    }
  }

  private void restrictOutput(
      @Nullable Object[] arguments, int place, Restriction restriction, int defaultMaxOutput) {
    int asked = maxOutput(arguments, defaultMaxOutput);
    int most = restriction.clampOutput(asked);
    if (most < asked) {
      arguments[place] = maxOutputIsLong ? (Object) (long) most : (Object) most;
    }
  }

  private int maxOutput(@Nullable Object[] arguments, int defaultMaxOutput) {
    if (maxOutput.isEmpty() || !(arguments[maxOutput.getAsInt()] instanceof Number asked)) {
      return defaultMaxOutput;
    }
    if (asked.longValue() < 1 || asked.longValue() > Usage.MAX_TOKENS) {
      throw new IllegalArgumentException(
          "max output tokens " + asked + " is not in 1 to " + Usage.MAX_TOKENS);
    }
    return asked.intValue();
  }

  private static String text(@Nullable Object argument) {
    return argument == null ? "" : argument.toString();
  }
}
