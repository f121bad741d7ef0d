package dev.tollgate.sample;

import dev.tollgate.sample.SimulatedModel.Text;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the simulated provider answers.
 *
 * @param id follows from the prompt
 * @param model the model that was asked for
 * @param choices the answers, one or more
 * @param inputTokens what was read
 */
record SimulatedAnswer(String id, String model, List<Text> choices, long inputTokens) {

  static SimulatedAnswer to(SimulatedRequest asked) {
    List<Text> choices =
        IntStream.range(0, asked.choices())
            .mapToObj(i -> SimulatedModel.answer(asked.prompt(), asked.maxTokens(), i))
            .toList();
    String id = "sim" + Integer.toHexString(asked.prompt().hashCode());
    return new SimulatedAnswer(id, asked.model(), choices, asked.inputTokens());
  }

  long outputTokens() {
    return choices.stream().mapToLong(choice -> SimulatedModel.tokens(choice.text())).sum();
  }
}
