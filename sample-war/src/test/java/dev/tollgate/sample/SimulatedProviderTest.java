package dev.tollgate.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.TokenCounter;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedProviderTest {

  private final Provider provider = new SimulatedProvider(Duration.ZERO);

  @Test
  void answersTheSameToTheSamePrompt() throws ProviderException {
    assertThat(answer("Hello", 500)).isEqualTo(answer("Hello", 500));
    assertThat(answer("Hello", 500)).isNotEqualTo(answer("Goodbye", 500));
  }

  @Test
  void reportsTheTokensOfPromptAndAnswer() throws ProviderException {
    Completion answer = answer("12345678", 500);
    assertThat(answer.reported()).isTrue();
    assertThat(answer.usage().inputTokens()).isEqualTo(2);
    assertThat(answer.usage().outputTokens())
        .isEqualTo(TokenCounter.APPROXIMATE.count(answer.text()))
        .isBetween(50L, 180L);
  }

  @Test
  void answersShorterWhereLessIsAllowed() throws ProviderException {
    assertThat(answer("Hello", 256).usage().outputTokens())
        .isLessThanOrEqualTo(answer("Hello", 1024).usage().outputTokens() / 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 64, 256, 32_768})
  void neverExceedsTheMostTokens(int maxTokens) throws ProviderException {
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
      assertThat(answer(prompt, maxTokens).usage().outputTokens())
          .as("seed %d, prompt '%s'", seed, prompt)
          .isLessThanOrEqualTo(maxTokens);
    }
  }

  private Completion answer(String prompt, int maxTokens) throws ProviderException {
    return provider.complete(prompt, maxTokens, "gpt-5-mini");
  }
}
