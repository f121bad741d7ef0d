package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.ANN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.Criticality;
import dev.tollgate.Decision;
import dev.tollgate.Reservation;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverridesTest {

  @ApplicationScoped
  static class Chat {
    @RateLimited("absent")
    @AiCost(model = "gemini", maxOutputTokens = 100)
    String ask() {
      return "answer";
    }

    private String sorry() {
      return "sorry";
    }
  }

  private static final String CHAT = Chat.class.getName();

  private final Map<String, String> settings = new HashMap<>(Map.of("RateLimited/value", "chat"));

  /** The call that the method makes under the settings. */
  private Call call() {
    List<Decision> decisions = new ArrayList<>();
    try (Deployed deployed = Deployed.with(settings, Chat.class)) {
      Reservation request = deployed.tollgate().reserve(Call.of(ANN, "chat")).orThrow();
      try (CallContext.Scope scope = CallContext.of(request, decisions::add).open()) {
        deployed.bean(Chat.class).ask();
      }
    }
    return decisions.get(0).call();
  }

  @Test
  void theNarrowestKeyWins() {
    assertThat(call().estimate().outputTokens()).isEqualTo(100);

    settings.put("AiCost/maxOutputTokens", "30");
    assertThat(call().estimate().outputTokens()).isEqualTo(30);

    settings.put(CHAT + "/AiCost/maxOutputTokens", " 20 ");
    assertThat(call().estimate().outputTokens()).isEqualTo(20);

    settings.put(CHAT + "/ask/AiCost/maxOutputTokens", "10");
    assertThat(call().estimate().outputTokens()).isEqualTo(10);
  }

  @Test
  void everyElementCanBeOverridden() {
    settings.put("tollgate.route.other.criticality", "background");
    settings.put(CHAT + "/ask/RateLimited/value", "other");
    settings.put("AiCost/route", "other");
    settings.put("AiCost/model", "gemini-small");
    settings.put("AiCost/criticality", "essential");

    Call call = call();

    assertThat(call.route()).isEqualTo("other");
    assertThat(call.model()).isEqualTo("gemini-small");
    assertThat(call.criticality()).contains(Criticality.ESSENTIAL);
  }

  @Test
  void aFallbackCanBeConfigured() {
    settings.put("AiCost/fallbackMethod", "sorry");
    try (Deployed deployed = Deployed.with(settings, Chat.class);
        CallContext.Scope scope = Deployed.asAnn()) {
      for (int i = 0; i < 15; i++) {
        deployed.tollgate().reserve(Call.of(ANN, "chat")).orThrow();
      }

      assertThat(deployed.bean(Chat.class).ask()).isEqualTo("sorry");
    }
  }
}
