package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.asAnn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.tollgate.BreakerControl;
import dev.tollgate.CallContext;
import dev.tollgate.Criticality;
import dev.tollgate.Decision.Refusal;
import dev.tollgate.RefusedException;
import dev.tollgate.SpendScope;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Annotated methods when spending must stop. */
class SpendSafetyTest {

  @ApplicationScoped
  static class Work {

    final ConcurrentLinkedQueue<Criticality> resumed = new ConcurrentLinkedQueue<>();

    @RateLimited("chat")
    @AiCost(model = "gemini", maxOutputTokens = 100, criticality = Criticality.ESSENTIAL)
    String answer() {
      return "";
    }

    @RateLimited("chat")
    @AiCost(model = "gemini", maxOutputTokens = 100)
    Object ask(Callable<Object> provider) throws Exception {
      return provider.call();
    }

    void goOn(@Observes Resumed event) {
      resumed.add(event.criticality());
    }

    List<Criticality> resumed() {
      return List.copyOf(resumed);
    }
  }

  private static final String SPENT =
      """
      {"error":{"message":"no","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""";

  private final Deployed deployed =
      Deployed.with(
          Map.of(
              "tollgate.expected-spend", "100 USD/month",
              "tollgate.provider.acme.hard-limit", "1000 USD/month"),
          Work.class);
  private final CallContext.Scope ann = asAnn();
  private final Work work = deployed.bean(Work.class);
  private final ProviderServer provider = new ProviderServer();

  @AfterEach
  void undeploy() {
    ann.close();
    deployed.close();
    provider.close();
  }

  private void assertRefused(Class<? extends Refusal> refusal, Callable<Object> asked) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> work.ask(asked))
        .satisfies(refused -> assertThat(refused.decision().refusal()).isInstanceOf(refusal));
  }

  @Test
  void onlyWhatIsEssentialGoesOnWhileSpendingIsHalted() throws Exception {
    deployed.tollgate().control(SpendScope.APPLICATION, BreakerControl.OPEN);
    assertRefused(Refusal.SpendHalted.class, () -> "");
    assertThat(work.answer()).isEmpty();
    assertThat(deployed.tollgate().paused(Criticality.BACKGROUND)).isTrue();
    assertThat(work.resumed()).isEmpty();

    deployed.tollgate().control(SpendScope.APPLICATION, BreakerControl.CLOSED);

    await()
        .untilAsserted(
            () ->
                assertThat(work.resumed())
                    .containsExactlyInAnyOrder(Criticality.OPTIONAL, Criticality.BACKGROUND));
    assertThat(deployed.tollgate().paused(Criticality.BACKGROUND)).isFalse();
    assertThat(work.ask(() -> "asked")).isEqualTo("asked");
  }

  @Test
  void whatOpenAisClientIsToldOfASpentLimitEndsAllCalls() {
    OpenAIClient client =
        OpenAIOkHttpClient.builder().baseUrl(provider.url()).apiKey("key").maxRetries(0).build();
    ChatCompletionCreateParams params =
        ChatCompletionCreateParams.builder().model("gemini").addUserMessage("Hi").build();
    provider.answers(429, SPENT);

    assertThatThrownBy(() -> work.ask(() -> client.chat().completions().create(params)))
        .isInstanceOf(RateLimitException.class);

    assertRefused(Refusal.BudgetExhausted.class, () -> "");
    client.close();
  }

  @Test
  void whatOpenAisClientIsToldLaterCountsAsWell() throws Exception {
    OpenAIClient client =
        OpenAIOkHttpClient.builder().baseUrl(provider.url()).apiKey("key").maxRetries(0).build();
    ChatCompletionCreateParams params =
        ChatCompletionCreateParams.builder().model("gemini").addUserMessage("Hi").build();
    provider.answers(429, SPENT);

    CompletableFuture<?> answer =
        (CompletableFuture<?>) work.ask(() -> client.async().chat().completions().create(params));

    assertThatThrownBy(answer::join).hasCauseInstanceOf(RateLimitException.class);
    await()
        .pollInSameThread()
        .untilAsserted(() -> assertRefused(Refusal.BudgetExhausted.class, () -> ""));
    client.close();
  }

  @Test
  void whatLangChain4jIsToldOfASpentLimitEndsAllCalls() {
    ChatModel model =
        OpenAiChatModel.builder()
            .baseUrl(provider.url())
            .apiKey("key")
            .modelName("gemini")
            .maxRetries(0)
            .listeners(List.of(new AiUsageListener()))
            .build();
    provider.answers(429, SPENT);

    assertThatThrownBy(() -> work.ask(() -> model.chat("Hi")))
        .isInstanceOf(dev.langchain4j.exception.RateLimitException.class);

    assertRefused(Refusal.BudgetExhausted.class, () -> "");
  }
}
