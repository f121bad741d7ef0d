package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.asAnn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.AsyncStreamResponse;
import com.anthropic.errors.BadRequestException;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.tollgate.BreakerControl;
import dev.tollgate.CallContext;
import dev.tollgate.CallRecord;
import dev.tollgate.Criticality;
import dev.tollgate.Decision.Refusal;
import dev.tollgate.RefusedException;
import dev.tollgate.SpendScope;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private static final String CREDIT_USED_UP =
      """
      {"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too \
      low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase \
      credits."},"request_id":"req_011CZLrUfBVkVHn5"}""";

  private static final String TOO_MANY =
      """
      {"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed the \
      rate limit for your organization (\\"org\\") of 50 requests per minute."},\
      "request_id":"req_011CZLrUfBVkVHn5"}""";

  private static final MessageCreateParams MESSAGE =
      MessageCreateParams.builder()
          .model("claude-opus-4-8")
          .maxTokens(100)
          .addUserMessage("Hi")
          .build();

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

  private AnthropicClient anthropic() {
    return AnthropicOkHttpClient.builder()
        .baseUrl(provider.url().replace("/v1", ""))
        .apiKey("key")
        .maxRetries(0)
        .build();
  }

  @Test
  void whatAnthropicsClientIsToldOfUsedUpCreditEndsAllCalls() {
    AnthropicClient client = anthropic();
    provider.answers(400, CREDIT_USED_UP);

    assertThatThrownBy(() -> work.ask(() -> client.messages().create(MESSAGE)))
        .isInstanceOf(BadRequestException.class);

    assertRefused(Refusal.BudgetExhausted.class, () -> "");
    client.close();
  }

  /** Anthropic's rate limits tell when to come again; the cap of a tier does not. */
  @Test
  void anthropicsCapEndsAllCallsAndItsRateLimitNone() throws Exception {
    AnthropicClient client = anthropic();
    provider.answers(429, TOO_MANY, Map.of("retry-after", "12"));
    provider.answers(429, TOO_MANY);

    assertThatThrownBy(() -> work.ask(() -> client.messages().create(MESSAGE)))
        .isInstanceOf(com.anthropic.errors.RateLimitException.class);
    assertThat(work.ask(() -> "asked")).isEqualTo("asked");

    assertThatThrownBy(() -> work.ask(() -> client.messages().create(MESSAGE)))
        .isInstanceOf(com.anthropic.errors.RateLimitException.class);
    assertRefused(Refusal.BudgetExhausted.class, () -> "");
    client.close();
  }

  @Test
  void streamsOfAnthropicsClientTellOfUsedUpCreditToo() throws Exception {
    AnthropicClient client = anthropic();
    provider.answers(400, CREDIT_USED_UP);

    @SuppressWarnings("unchecked")
    AsyncStreamResponse<RawMessageStreamEvent> stream =
        (AsyncStreamResponse<RawMessageStreamEvent>)
            work.ask(() -> client.async().messages().createStreaming(MESSAGE));
    CompletableFuture<Void> end = stream.subscribe(event -> {}).onCompleteFuture();

    assertThatThrownBy(end::join).hasCauseInstanceOf(BadRequestException.class);
    await()
        .pollInSameThread()
        .untilAsserted(() -> assertRefused(Refusal.BudgetExhausted.class, () -> ""));
    client.close();
  }

  @Test
  void publishersTellOfASpentLimitToo() throws Exception {
    OpenAIClient client =
        OpenAIOkHttpClient.builder().baseUrl(provider.url()).apiKey("key").maxRetries(0).build();
    ChatCompletionCreateParams params =
        ChatCompletionCreateParams.builder().model("gemini").addUserMessage("Hi").build();
    provider.answers(429, SPENT);

    Uni<?> answer =
        (Uni<?>)
            work.ask(
                () ->
                    Uni.createFrom()
                        .completionStage(() -> client.async().chat().completions().create(params)));

    assertThatThrownBy(() -> answer.await().indefinitely()).hasMessageContaining("429");
    assertRefused(Refusal.BudgetExhausted.class, () -> "");
    client.close();
  }

  @Test
  void anApplicationsOwnClientReportsWhatItIsTold() throws Exception {
    work.ask(refusal(429, SPENT.replace("insufficient_quota", "tokens")));
    assertThat(deployed.calls()).as("what is not billed is not charged").isEmpty();
    work.ask(refusal(503, SPENT));
    assertThat(deployed.calls())
        .as("what may be billed is charged")
        .extracting(CallRecord::outcome)
        .containsExactly(CallRecord.Outcome.ESTIMATED);

    work.ask(refusal(429, SPENT));

    assertRefused(Refusal.BudgetExhausted.class, () -> "");
    assertThat(deployed.calls()).hasSize(1);
  }

  private static Callable<Object> refusal(int status, String body) {
    return () -> {
      AiUsage.refused(status, Optional.empty(), body);
      return "";
    };
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
