package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.ANN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.RefusedException;
import dev.tollgate.Reservation;
import dev.tollgate.Usage;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A request that a filter has charged before it reaches a limited method. */
class FilteredRequestTest {

  @ApplicationScoped
  static class Chat {
    @RateLimited("chat")
    @AiCost(model = "gemini")
    void ask(@MaxOutputTokens int max) {}

    @RateLimited("chat")
    void count() {}
  }

  private final Deployed deployed = Deployed.of(Chat.class);
  private final Chat chat = deployed.bean(Chat.class);
  private final List<Decision> decisions = new ArrayList<>();
  private final Reservation charged = deployed.tollgate().reserve(Call.of(ANN, "chat")).orThrow();
  private final CallContext.Scope request = CallContext.of(charged, decisions::add).open();

  @AfterEach
  void undeploy() {
    request.close();
    deployed.close();
  }

  private void useUpTokens() {
    Call call = Call.of(ANN, "chat").requests(0).estimate(0, 0);
    deployed.tollgate().reserve(call).orThrow().settle(Usage.of(0, 1600));
  }

  @Test
  void isCountedOnce() {
    chat.ask(100);

    assertThat(deployed.used("requests")).isEqualTo(1);
    assertThat(deployed.used("tokens")).isEqualTo(100);
  }

  @Test
  void countsEveryFurtherCallInside() {
    chat.ask(10);
    chat.ask(10);
    chat.count();

    assertThat(deployed.used("requests")).isEqualTo(3);
  }

  @Test
  void tellsTheFilterEveryDecision() {
    chat.ask(10);
    chat.count();
    useUpTokens();
    assertThatThrownBy(() -> chat.ask(10)).isInstanceOf(RefusedException.class);

    assertThat(decisions)
        .hasExactlyElementsOfTypes(
            Decision.Admitted.class, Decision.Admitted.class, Decision.Refused.class);
  }

  @Test
  void givesBackWhatTheFilterChargedWhenTheCallIsRefused() {
    useUpTokens();

    assertThatThrownBy(() -> chat.ask(10)).isInstanceOf(RefusedException.class);

    assertThat(deployed.used("requests")).isZero();
    assertThat(deployed.used("tokens")).isEqualTo(1600);
    assertThat(charged.isEnded()).isTrue();
  }

  @Test
  void givesBackWhatTheFilterChargedWhenAnArgumentIsWrong() {
    assertThatThrownBy(() -> chat.ask(-1)).isInstanceOf(IllegalArgumentException.class);

    assertThat(deployed.used("requests")).isZero();
  }

  @Test
  void givesBackWhatTheFilterChargedWhenTheTierIsUnknown() {
    request.close();
    CallContext stranger = CallContext.of(new Caller("bob", "gold"));
    try (CallContext.Scope inside = stranger.open()) {
      assertThatThrownBy(chat::count)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no tier named 'gold'");
    }
  }

  @Test
  void isRestrictedWhenTheFiltersOwnRequestReachedTheQuota() {
    for (int i = 0; i < 10; i++) {
      deployed.tollgate().reserve(Call.of(ANN, "chat")).orThrow();
    }

    chat.ask(100);

    assertThat(decisions).hasExactlyElementsOfTypes(Decision.Restricted.class);
    assertThat(deployed.used("tokens")).isEqualTo(3);
  }

  @Test
  void countsForTheMethodsOwnRouteWhenTheFiltersIsAnother() {
    request.close();
    Map<String, String> routes =
        Map.of(
            "tollgate.route.chat.rate", "1/hour burst 1",
            "tollgate.route.api.criticality", "optional");
    try (Deployed other = Deployed.with(routes, Chat.class)) {
      Chat limited = other.bean(Chat.class);
      inRequest(other, limited::count);

      assertThatThrownBy(() -> inRequest(other, limited::count))
          .isInstanceOf(RefusedException.class);
      assertThat(other.used("requests")).isEqualTo(1);
    }
  }

  private static void inRequest(Deployed deployed, Runnable work) {
    Reservation charged = deployed.tollgate().reserve(Call.of(ANN, "api")).orThrow();
    try (CallContext.Scope request = CallContext.of(charged, decision -> {}).open()) {
      work.run();
    }
  }
}
