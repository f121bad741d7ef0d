package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpendingTest {

  private static final Limit LIMIT =
      Limit.of(Meter.COST, 100, new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC));
  private static final Provider OPENAI =
      new Provider("openai", Set.of(), List.of("gpt-*", "o3")).hardLimit(LIMIT, 0, 1);
  private static final Provider CLAUDE =
      new Provider("anthropic", Set.of("vip"), List.of("*claude-*"));

  private static Spending of(Provider... providers) {
    return new Spending(List.of(providers), BreakerPolicy.OFF, AnomalyPolicy.OFF);
  }

  @Test
  void aCallBelongsToTheProviderOfItsRouteBeforeThatOfItsModel() {
    Spending both = of(OPENAI, CLAUDE);
    assertThat(both.provider("chat", "gpt-5-mini")).contains(OPENAI);
    assertThat(both.provider("chat", "o3")).contains(OPENAI);
    assertThat(both.provider("chat", "eu.claude-5")).contains(CLAUDE);
    assertThat(both.provider("vip", "gpt-5-mini")).contains(CLAUDE);
    assertThat(both.provider("chat", "o3-mini")).isEmpty();
  }

  @Test
  void theOnlyProviderTakesEveryModel() {
    assertThat(of(OPENAI).provider("chat", "unheard-of")).contains(OPENAI);
    assertThat(of(CLAUDE).provider("chat", "unheard-of")).contains(CLAUDE);
    assertThat(of().provider("chat", "gpt-5")).isEmpty();
  }

  @Test
  void theOnlyHardLimitTakesItsProvidersCallsAlone() {
    Spending both = of(OPENAI, CLAUDE);
    assertThat(both.budgets()).extracting(ProviderBudget::provider).containsExactly("openai");
    assertThat(both.budget("chat", "gpt-5")).isEqualTo(OPENAI.budget());
    assertThat(both.budget("chat", "claude-5")).isEmpty();
    assertThat(both.budget("chat", "unheard-of")).isEmpty();
  }

  @Test
  void namesAreUnique() {
    assertThatThrownBy(() -> of(OPENAI, OPENAI)).hasMessage("there are two providers named openai");
    assertThatThrownBy(() -> new Provider("anthropic", Set.of(), List.of(), OPENAI.budget()))
        .hasMessage("provider anthropic has the budget of another one");
  }
}
