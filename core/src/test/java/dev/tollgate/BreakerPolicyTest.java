package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tollgate.SpendScope.Kind;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BreakerPolicyTest {

  @Test
  void watchesAsManyScopesAsFitIntoADocument() {
    Map<SpendScope, Long> scopes = new HashMap<>();
    for (int i = 0; i < BreakerPolicy.MAX_SCOPES; i++) {
      scopes.put(new SpendScope(Kind.ROUTE, "r" + i), 1L);
    }
    assertThat(of(scopes).expectedMonthly()).hasSize(BreakerPolicy.MAX_SCOPES);
    scopes.put(SpendScope.APPLICATION, 1L);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(scopes))
        .withMessageContaining("65 scopes of spending are watched: at most 64 can be");
  }

  @Test
  void needsAnExpectationAboveNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(Map.of(SpendScope.APPLICATION, 0L)))
        .withMessageContaining("expected spend of application must be above 0");
  }

  @Test
  void scopesHaveShortNamesOfOneLine() {
    assertThatIllegalArgumentException().isThrownBy(() -> new SpendScope(Kind.TIER, ""));
    assertThatIllegalArgumentException().isThrownBy(() -> new SpendScope(Kind.APPLICATION, "all"));
    assertThatIllegalArgumentException().isThrownBy(() -> new SpendScope(Kind.TIER, "a\tb"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SpendScope(Kind.TIER, "x".repeat(SpendScope.MAX_NAME_LENGTH + 1)))
        .withMessageContaining("65 characters: at most 64");
  }

  private static BreakerPolicy of(Map<SpendScope, Long> expectedMonthly) {
    return new BreakerPolicy(300, 10, false, expectedMonthly);
  }
}
