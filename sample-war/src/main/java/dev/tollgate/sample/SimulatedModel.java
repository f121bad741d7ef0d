package dev.tollgate.sample;

import dev.tollgate.TokenCounter;
import java.util.List;

/**
 * Writes answers without a model: the same prompt gets the same answer, of a length that follows
 * from the prompt and the most tokens allowed. Stateless.
 */
final class SimulatedModel {

  /** Answers are no longer than this, however much is allowed. */
  static final int LONGEST_ANSWER = 180;

  private static final int QUOTED_CHARACTERS = 60;

  private static final List<String> SENTENCES =
      List.of(
          "No model was asked: this text comes from the simulated provider of the sample.",
          "Before the call, Tollgate reserved an estimate of its tokens and its cost.",
          "Now that the answer is here, the reservation is settled with what was really used.",
          "A call that is refused is not charged, anywhere.",
          "The bars beside this conversation show what is left, and when it comes back.",
          "A burst is welcome until its bucket is empty; then it fills up drop by drop.",
          "At 80 percent of a quota somebody is told, so that nothing comes as a surprise.",
          "At 100 percent the mode becomes restricted: less context and shorter answers.",
          "Only at the last rung of the ladder is a call refused.",
          "Every refusal says when to come again, to the second.",
          "Money is counted in whole billionths of a dollar, never in floating point.",
          "When a provider reports more than was reserved, the rest is debt, never forgotten.",
          "A reservation that nobody settles expires, and its tokens come back.",
          "Set sample.provider.url to talk to any server that speaks OpenAI's language.");

  /**
   * An answer.
   *
   * @param cut whether it ends because no more tokens were allowed
   */
  record Text(String text, boolean cut) {}

  private SimulatedModel() {}

  /**
   * Answers with an eighth to a quarter of what is allowed, so that a lower bound shows.
   *
   * @param choice 0 for the first answer to the prompt, 1 for another
   */
  static Text answer(String prompt, int maxTokens, int choice) {
    int hash = prompt.hashCode() + choice;
    int aim = maxTokens / 8 + Math.floorMod(hash, maxTokens / 8 + 1);
    int room = Math.max(1, Math.min(aim, LONGEST_ANSWER));
    StringBuilder answer = new StringBuilder("You said “" + quote(prompt) + "”.");
    for (int i = 0; i < SENTENCES.size(); i++) {
      String sentence = SENTENCES.get(Math.floorMod(hash + i, SENTENCES.size()));
      if (tokens(answer + " " + sentence) > room) {
        break;
      }
      answer.append(' ').append(sentence);
    }
    String text = start(answer.toString(), maxTokens);
    return new Text(text, text.length() < answer.length());
  }

  static long tokens(String text) {
    return TokenCounter.APPROXIMATE.count(text);
  }

  private static String quote(String prompt) {
    String line = prompt.strip().replaceAll("\\s+", " ");
    int length = line.codePointCount(0, line.length());
    return length <= QUOTED_CHARACTERS
        ? line
        : line.substring(0, line.offsetByCodePoints(0, QUOTED_CHARACTERS)) + "…";
  }

  /** The longest start of a text that has at most {@code tokens} tokens. */
  private static String start(String text, int tokens) {
    int end = text.length();
    while (tokens(text.substring(0, end)) > tokens) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end);
  }
}
