package dev.tollgate.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.output.TokenUsage;
import dev.tollgate.Usage;
import org.junit.jupiter.api.Test;

class TokenUsagesTest {

  @Test
  void whatOnlyTheTotalTellsIsReasoning() {
    assertThat(TokenUsages.usage(new TokenUsage(100, 20, 350)))
        .contains(new Usage(100, 0, 0, 250, 230));
  }

  @Test
  void aTotalThatTellsNoMoreChangesNothing() {
    assertThat(TokenUsages.usage(new TokenUsage(100, 20))).contains(Usage.of(100, 20));
    assertThat(TokenUsages.usage(new TokenUsage(100, 20, 7))).contains(Usage.of(100, 20));
    assertThat(TokenUsages.usage(new TokenUsage(100, 20, null))).contains(Usage.of(100, 20));
  }

  @Test
  void aUsageThatIsNotWholeIsNone() {
    assertThat(TokenUsages.usage(new TokenUsage(100, null, 350))).isEmpty();
    assertThat(TokenUsages.usage(null)).isEmpty();
  }
}
