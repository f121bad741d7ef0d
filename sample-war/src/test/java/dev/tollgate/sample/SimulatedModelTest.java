package dev.tollgate.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.sample.SimulatedModel.Text;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedModelTest {

  @Test
  void answersTheSameToTheSamePrompt() {
    assertThat(answer("Hello", 500)).isEqualTo(answer("Hello", 500));
    assertThat(answer("Hello", 500)).isNotEqualTo(answer("Goodbye", 500));
    assertThat(SimulatedModel.answer("Hello", 500, 1)).isNotEqualTo(answer("Hello", 500));
  }

  @Test
  void answersShorterWhereLessIsAllowed() {
    assertThat(tokens(answer("12345678", 500))).isBetween(50L, 180L);
    assertThat(tokens(answer("Hello", 256))).isLessThanOrEqualTo(tokens(answer("Hello", 1024)) / 2);
  }

  @Test
  void tellsWhetherItWasCut() {
    assertThat(answer("Hello", 2)).isEqualTo(new Text("You said", true));
    assertThat(answer("Hello", 500).cut()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 64, 256, 32_768, Integer.MAX_VALUE})
  void neverExceedsTheMostTokens(int maxTokens) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      int length = 1 + random.nextInt(300);
      String prompt =
          random
              .ints(length, 32, 0x1F700)
              .filter(c -> Character.getType(c) != Character.SURROGATE)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      assertThat(tokens(answer(prompt, maxTokens)))
          .as("seed %d, prompt '%s'", seed, prompt)
          .isLessThanOrEqualTo(maxTokens);
    }
  }

  private static Text answer(String prompt, int maxTokens) {
    return SimulatedModel.answer(prompt, maxTokens, 0);
  }

  private static long tokens(Text answer) {
    return SimulatedModel.tokens(answer.text());
  }
}
