package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpendingTest {

  private static final Limit LIMIT =
      Limit.of(Meter.COST, 100, new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC));
  private static final ProviderBudget OPENAI =
      new ProviderBudget("openai", Set.of(), List.of("gpt-*", "o3"), LIMIT, 0, 1);
  private static final ProviderBudget CLAUDE =
      new ProviderBudget("anthropic", Set.of("vip"), List.of("*claude-*"), LIMIT, 0, 1);

  private static Spending of(ProviderBudget... budgets) {
    return new Spending(List.of(budgets), BreakerPolicy.OFF, AnomalyPolicy.OFF);
  }

  @Test
  void aCallBelongsToTheBudgetOfItsRouteBeforeThatOfItsModel() {
    Spending both = of(OPENAI, CLAUDE);
    assertThat(both.budget("chat", "gpt-5-mini")).contains(OPENAI);
    assertThat(both.budget("chat", "o3")).contains(OPENAI);
    assertThat(both.budget("chat", "eu.claude-5")).contains(CLAUDE);
    assertThat(both.budget("vip", "gpt-5-mini")).contains(CLAUDE);
    assertThat(both.budget("chat", "o3-mini")).isEmpty();
  }

  @Test
  void theOnlyBudgetTakesEveryModel() {
    assertThat(of(OPENAI).budget("chat", "unheard-of")).contains(OPENAI);
    assertThat(of().budget("chat", "gpt-5")).isEmpty();
  }
}
