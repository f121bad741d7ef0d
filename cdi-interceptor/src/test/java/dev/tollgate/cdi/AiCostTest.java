package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.ANN;
import static dev.tollgate.cdi.Deployed.asAnn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.CallRecord;
import dev.tollgate.Caller;
import dev.tollgate.Criticality;
import dev.tollgate.Decision;
import dev.tollgate.Reservation;
import dev.tollgate.Usage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AiCostTest {

  /** Runs what it is given, as a call of 4 tokens in and so many out. */
  @ApplicationScoped
  static class Chat {

    @RateLimited("chat")
    @AiCost(model = "gemini", criticality = Criticality.ESSENTIAL)
    Object ask(@Prompt String prompt, @MaxOutputTokens int max, Callable<Object> provider)
        throws Exception {
      return provider.call();
    }

    @AiCost(model = "gemini", maxOutputTokens = 100)
    Object askAnything(
        @Prompt CharSequence first,
        @Prompt String second,
        @MaxOutputTokens Long max,
        @Model String model) {
      return "";
    }

    @RateLimited("chat")
    void count() {}

    @RateLimited("chat")
    void countAndReport(Usage usage) {
      AiUsage.report(usage);
    }
  }

  record Answer(Usage usage) implements Metered {}

  @ApplicationScoped
  static class LengthReader implements UsageReader {
    @Override
    public Optional<Usage> read(Object result) {
      return result instanceof String text
          ? Optional.of(Usage.of(1, text.length()))
          : Optional.empty();
    }
  }

  @ApplicationScoped
  static class BrokenReader implements UsageReader {
    @Override
    public Optional<Usage> read(Object result) {
      throw new IllegalStateException("broken");
    }
  }

  @ApplicationScoped
  static class Outer {
    @Inject Chat chat;

    @AiCost(model = "gemini", maxOutputTokens = 10)
    void askTwice(Callable<Object> provider) throws Exception {
      chat.ask("sixteen letters.", 100, provider);
      AiUsage.report(Usage.of(5, 5));
    }

    @AiCost(model = "gemini", maxOutputTokens = 10)
    void reportFromWithin(Usage usage) {
      chat.countAndReport(usage);
    }
  }

  private static final String PROMPT = "sixteen letters.";

  private final Deployed deployed = Deployed.of(Chat.class, Outer.class);
  private final CallContext.Scope ann = asAnn();
  private final Chat chat = deployed.bean(Chat.class);

  @AfterEach
  void undeploy() {
    ann.close();
    deployed.close();
  }

  private void ask(Callable<Object> provider) throws Exception {
    chat.ask(PROMPT, 100, provider);
  }

  private CallRecord latest() {
    return deployed.calls().get(0);
  }

  @Test
  void reservesTheEstimateWhileTheMethodRuns() throws Exception {
    List<Long> held = new ArrayList<>();

    ask(() -> held.add(deployed.held("tokens")));

    assertThat(held).containsExactly(104L);
    assertThat(deployed.held("tokens")).isZero();
  }

  @Test
  void chargesWhatWasReservedWhenNobodyTellsTheUsage() throws Exception {
    ask(() -> "answer");

    assertThat(deployed.used("tokens")).isEqualTo(104);
    assertThat(latest().outcome()).isEqualTo(CallRecord.Outcome.ESTIMATED);
  }

  @Test
  void countsThePromptAsItsModelDoes() {
    chat.askAnything(PROMPT, "", 1L, "claude-opus-4-8");

    assertThat(latest().inputTokens()).isEqualTo(5);
  }

  @Test
  void estimatesByWhatEarlierCallsUsed() throws Exception {
    List<Long> estimated = new ArrayList<>();
    Callable<Object> provider =
        () -> {
          AiCall call = AiUsage.current();
          estimated.add(call.reservation().call().estimate().inputTokens());
          call.report(Usage.of(16, 1));
          return "answer";
        };

    ask(provider);
    ask(provider);

    assertThat(estimated).as("a tenth of the way from 4 to 16, rounded up").containsExactly(4L, 6L);
  }

  @Test
  void countsOneRequestForBothAnnotations() throws Exception {
    ask(() -> "answer");

    assertThat(deployed.used("requests")).isEqualTo(1);
  }

  @Test
  void countsTheCallsOfAMethodThatIsOnlyRateLimited() {
    chat.count();
    chat.count();

    assertThat(deployed.used("requests")).isEqualTo(2);
    assertThat(deployed.used("tokens")).isZero();
  }

  @Test
  void settlesWhatIsReported() throws Exception {
    ask(
        () -> {
          AiUsage.report(Usage.of(10, 20));
          return "answer";
        });

    assertThat(deployed.used("tokens")).isEqualTo(30);
    assertThat(latest().outcome()).isEqualTo(CallRecord.Outcome.SETTLED);
    assertThat(latest().costNanoUsd()).isEqualTo(50_000);
  }

  @Test
  void addsUpSeveralReports() throws Exception {
    ask(
        () -> {
          AiUsage.report(Usage.of(10, 20), new BigDecimal("0.01"));
          AiUsage.report(Usage.of(1, 2), new BigDecimal("0.02"));
          return "answer";
        });

    assertThat(deployed.used("tokens")).isEqualTo(33);
    assertThat(latest().costNanoUsd()).isEqualTo(30_000_000);
  }

  @Test
  void pricesAllReportsWhenOneOfThemHasNoCost() throws Exception {
    ask(
        () -> {
          AiUsage.report(Usage.of(10, 20), new BigDecimal("0.01"));
          AiUsage.report(Usage.of(0, 5));
          return "answer";
        });

    assertThat(latest().costNanoUsd()).isEqualTo(60_000);
  }

  @Test
  void doesNotLetANegativeReportPayForAnother() throws Exception {
    ask(
        () -> {
          AiUsage.report(Usage.of(10, 60));
          AiUsage.report(Usage.of(-10, -60));
          return "answer";
        });

    assertThat(deployed.used("tokens")).isEqualTo(104);
  }

  @Test
  void settlesWhatTheResultTells() throws Exception {
    ask(() -> new Answer(Usage.of(3, 4)));

    assertThat(deployed.used("tokens")).isEqualTo(7);
  }

  @Test
  void prefersReportsToTheResult() throws Exception {
    ask(
        () -> {
          AiUsage.report(Usage.of(1, 1));
          return Usage.of(3, 4);
        });

    assertThat(deployed.used("tokens")).isEqualTo(2);
  }

  @Test
  void settlesWhatAReaderFindsInTheResultAlthoughAnotherReaderFails() throws Exception {
    try (Deployed other = Deployed.of(Chat.class, BrokenReader.class, LengthReader.class)) {
      other.bean(Chat.class).ask(PROMPT, 100, () -> "12345");

      assertThat(other.used("tokens")).isEqualTo(6);
    }
  }

  @Test
  void chargesAMethodThatThrowsForWhatItReported() {
    assertThatThrownBy(
            () ->
                ask(
                    () -> {
                      AiUsage.report(Usage.of(10, 0));
                      throw new IOException("gone");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");

    assertThat(deployed.used("tokens")).isEqualTo(10);
  }

  @Test
  void chargesAMethodThatThrowsForWhatItReserved() {
    assertThatThrownBy(
            () ->
                ask(
                    () -> {
                      throw new StackOverflowError();
                    }))
        .isInstanceOf(StackOverflowError.class);

    assertThat(deployed.used("tokens")).isEqualTo(104);
  }

  @Test
  void givesBackACallThatWasNotBilled() {
    assertThatThrownBy(
            () ->
                ask(
                    () -> {
                      AiUsage.notBilled();
                      throw new IOException("connection refused");
                    }))
        .isInstanceOf(IOException.class);

    assertThat(deployed.used("tokens")).isZero();
    assertThat(deployed.held("tokens")).isZero();
    assertThat(deployed.used("requests")).isZero();
  }

  @Test
  void chargesTheBilledAttemptWhenAnotherWasNot() throws Exception {
    ask(
        () -> {
          AiUsage.notBilled();
          AiUsage.report(Usage.of(2, 2));
          return "answer";
        });

    assertThat(deployed.used("tokens")).isEqualTo(4);
  }

  @Test
  void hearsReportsFromOtherThreads() throws Exception {
    ask(
        () -> {
          AiCall call = AiUsage.current();
          Thread other = new Thread(() -> call.report(Usage.of(7, 7)));
          other.start();
          other.join();
          return "answer";
        });

    assertThat(deployed.used("tokens")).isEqualTo(14);
  }

  @Test
  void refusesReportsOutsideOfACall() {
    assertThatThrownBy(() -> AiUsage.report(Usage.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no @AiCost method runs on this thread");
    assertThatThrownBy(() -> chat.countAndReport(Usage.NONE))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void bindsReportsToTheInnermostCall() throws Exception {
    deployed
        .bean(Outer.class)
        .askTwice(
            () -> {
              AiUsage.report(Usage.of(1, 1));
              return "answer";
            });

    assertThat(deployed.calls())
        .extracting(CallRecord::inputTokens)
        .containsExactlyInAnyOrder(1L, 5L);
    assertThat(deployed.used("requests")).isEqualTo(2);
  }

  @Test
  void givesReportsOfAMethodThatOnlyCountsToTheCallAroundIt() {
    deployed.bean(Outer.class).reportFromWithin(Usage.of(6, 6));

    assertThat(deployed.used("tokens")).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1_000_000_001, Integer.MAX_VALUE})
  void refusesMaxTokensOutOfRangeAndChargesNothing(int max) {
    assertThatThrownBy(() -> chat.ask(PROMPT, max, () -> "answer"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("max output tokens " + max);

    assertThat(deployed.used("requests")).isZero();
    assertThat(deployed.used("tokens")).isZero();
  }

  @Test
  void takesTheAnnotationsValuesForNulls() {
    chat.askAnything(null, null, null, null);

    assertThat(deployed.used("tokens")).isEqualTo(100);
    assertThat(latest().model()).isEqualTo("gemini");
  }

  @Test
  void sumsThePromptsAndTakesTheModelOfTheCall() {
    chat.askAnything(new StringBuilder("four"), "eight...", 50L, "gemini-small");

    assertThat(latest().inputTokens()).isEqualTo(3);
    assertThat(latest().outputTokens()).isEqualTo(50);
    assertThat(latest().model()).isEqualTo("gemini-small");
  }

  @Test
  void carriesTheCriticality() throws Exception {
    List<Decision> decisions = new ArrayList<>();
    Reservation outer = deployed.tollgate().reserve(Call.of(ANN, "chat")).orThrow();
    try (CallContext.Scope request = CallContext.of(outer, decisions::add).open()) {
      ask(() -> "answer");
      chat.count();
    }

    assertThat(decisions)
        .extracting(decision -> decision.call().criticality())
        .containsExactly(Optional.of(Criticality.ESSENTIAL), Optional.empty());
  }

  @ApplicationScoped
  static class Night implements CallerProvider {
    @Override
    public Caller caller() {
      return ANN;
    }
  }

  @Test
  void asksTheApplicationForTheCallerOutsideOfARequest() {
    ann.close();
    try (Deployed other = Deployed.of(Chat.class, Night.class)) {
      other.bean(Chat.class).count();

      assertThat(other.used("requests")).isEqualTo(1);
    }
  }

  @Test
  void saysWhatToDoWhenNobodyNamesTheCaller() {
    ann.close();

    assertThatThrownBy(chat::count)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CallContext.of(new Caller(id, tier)).open()")
        .hasMessageContaining("dev.tollgate.cdi.CallerProvider");
  }
}
