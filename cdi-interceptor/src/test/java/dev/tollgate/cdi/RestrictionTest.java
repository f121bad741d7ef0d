package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.ANN;
import static dev.tollgate.cdi.Deployed.asAnn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Alert;
import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.Decision.Refusal.LimitExceeded;
import dev.tollgate.Priority;
import dev.tollgate.RefusedException;
import dev.tollgate.Restriction;
import dev.tollgate.Usage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestrictionTest {

  private static final Restriction RESTRICTED = new Restriction(5, 3, "gemini-small", Priority.LOW);

  @ApplicationScoped
  static class Chat {

    @Inject Instance<Restriction> restriction;

    @RateLimited("chat")
    @AiCost(model = "gemini")
    String ask(
        @Prompt String system,
        @Prompt CharSequence prompt,
        @MaxOutputTokens int max,
        @Model String model) {
      AiUsage.report(Usage.NONE);
      return system + "|" + prompt + "|" + max + "|" + model;
    }

    @RateLimited("chat")
    String count(@Prompt String prompt, @MaxOutputTokens Long max, Integer other, @Model String m) {
      return prompt + "|" + max + "|" + other + "|" + m;
    }

    @AiCost(maxOutputTokens = 2)
    String askShortly(@MaxOutputTokens Integer max, @Prompt String prompt) {
      return prompt + "|" + max;
    }

    @AiCost(maxOutputTokens = 4)
    String askAtLength(@MaxOutputTokens Long max, @Prompt CharSequence prompt) {
      return prompt + "|" + max;
    }

    @RateLimited("chat")
    Restriction current() {
      return restriction.get();
    }

    Restriction outside() {
      return restriction.get();
    }

    @AiCost
    Restriction handle() {
      return AiUsage.current().restriction();
    }
  }

  @ApplicationScoped
  static class Listener {
    final BlockingQueue<Alert> now = new LinkedBlockingQueue<>();
    final BlockingQueue<Alert> later = new LinkedBlockingQueue<>();
    final BlockingQueue<Alert> quotas = new LinkedBlockingQueue<>();
    final BlockingQueue<Alert> anomalies = new LinkedBlockingQueue<>();

    void hear(@Observes Alert alert) {
      now.add(alert);
    }

    void hearOfQuotas(@Observes @AlertOf(Alert.Kind.QUOTA_REACHED) Alert alert) {
      quotas.add(alert);
    }

    void hearOfAnomalies(@Observes @AlertOf(Alert.Kind.ANOMALY) Alert alert) {
      anomalies.add(alert);
    }

    void hearLater(@ObservesAsync Alert alert) {
      later.add(alert);
    }

    Alert next() throws InterruptedException {
      return now.poll(10, TimeUnit.SECONDS);
    }

    Alert nextOfQuotas() throws InterruptedException {
      return quotas.poll(10, TimeUnit.SECONDS);
    }

    boolean hasAnomalies() {
      return !anomalies.isEmpty();
    }

    Alert nextLater() throws InterruptedException {
      return later.poll(10, TimeUnit.SECONDS);
    }
  }

  private final Deployed deployed = Deployed.of(Chat.class, Listener.class);
  private final CallContext.Scope ann = asAnn();
  private final Chat chat = deployed.bean(Chat.class);

  @AfterEach
  void undeploy() {
    ann.close();
    deployed.close();
  }

  private void use(int requests) {
    for (int i = 0; i < requests; i++) {
      deployed.tollgate().reserve(Call.of(ANN, "chat")).orThrow();
    }
  }

  @Test
  void leavesTheParametersOfAnAdmittedCallAlone() {
    use(9);

    assertThat(chat.ask("you are kind", "a long question", 50, "gemini"))
        .isEqualTo("you are kind|a long question|50|gemini");
  }

  @Test
  void changesTheParametersOfARestrictedCall() {
    use(10);

    assertThat(chat.ask("you are kind", "a long question", 50, "gemini"))
        .isEqualTo("kind|a long question|3|gemini-small");
  }

  @Test
  void keepsParametersThatAreWithinTheRestriction() {
    use(10);

    assertThat(chat.ask("", "a question", 2, "gemini")).isEqualTo("|a question|2|gemini-small");
  }

  @Test
  void changesTheParametersOfAMethodThatIsOnlyRateLimited() {
    use(10);

    assertThat(chat.count("a very long question of many words", 50L, 50, null))
        .isEqualTo("estion of many words|3|50|gemini-small");
  }

  @Test
  void restrictsTheAnnotationsValueWhereTheParameterIsNull() {
    use(10);

    assertThat(chat.askShortly(null, null)).isEqualTo("null|null");
    assertThat(chat.askAtLength(null, null)).isEqualTo("null|3");
  }

  @Test
  void injectsTheRestrictionOfTheRunningCall() {
    assertThat(chat.current()).isEqualTo(Restriction.NONE);
    use(9);

    assertThat(chat.current()).isEqualTo(RESTRICTED);
    assertThat(chat.handle()).isEqualTo(RESTRICTED);
    assertThat(chat.outside()).isEqualTo(Restriction.NONE);
  }

  @Test
  void refusesAtTheLastRungOnly() {
    use(14);
    chat.ask("", "", 1, "gemini");

    assertThatThrownBy(() -> chat.ask("", "", 1, "gemini"))
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused ->
                assertThat(refused.decision().refusal())
                    .isInstanceOfSatisfying(
                        LimitExceeded.class,
                        exceeded ->
                            assertThat(exceeded.binding().limit().name()).contains("requests")));
    assertThat(deployed.used("requests")).isEqualTo(15);
  }

  @Test
  void firesAnEventAtEachRung() throws InterruptedException {
    Listener listener = deployed.bean(Listener.class);

    use(7);
    chat.ask("", "", 1, "gemini");

    assertThat(listener.next())
        .satisfies(
            alert -> {
              assertThat(alert.kind()).isEqualTo(Alert.Kind.QUOTA_REACHED);
              assertThat(alert.subject()).isEqualTo("ann");
              assertThat(alert.details()).containsEntry("percent", "80");
            });
    assertThat(listener.nextLater().details()).containsEntry("percent", "80");
    assertThat(listener.nextOfQuotas().details()).containsEntry("percent", "80");
    assertThat(listener.hasAnomalies()).isFalse();

    use(2);

    assertThat(listener.next().details()).containsEntry("percent", "100");
  }

  @Test
  void restrictsNothingInShadowMode() {
    try (Deployed shadow = Deployed.with("tollgate.shadow", "true", Chat.class)) {
      for (int i = 0; i < 20; i++) {
        assertThat(shadow.bean(Chat.class).ask("", "a long question", 50, "gemini"))
            .isEqualTo("|a long question|50|gemini");
      }
    }
  }
}
