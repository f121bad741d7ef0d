package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.asAnn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.TokenStream;
import dev.tollgate.CallContext;
import dev.tollgate.CallRecord;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LangChain4j's own models and services, which ask a provider over HTTP. */
class LangChain4jTest {

  /** Reserves 4 tokens in and 100 out, and runs what it is given. */
  @ApplicationScoped
  static class Chat {
    @AiCost(model = "gemini", maxOutputTokens = 100)
    Object ask(@Prompt String prompt, Callable<Object> provider) throws Exception {
      return provider.call();
    }
  }

  interface Assistant {
    Result<String> ask(String question);

    TokenStream stream(String question);
  }

  private final ProviderServer provider = new ProviderServer();
  private final Deployed deployed = Deployed.of(Chat.class);
  private final CallContext.Scope ann = asAnn();
  private final Chat chat = deployed.bean(Chat.class);
  private final List<ChatModelListener> listeners =
      List.of(deployed.bean(ChatModelListener.class), deployed.bean(AiUsageListener.class));
  private final ChatModel model =
      OpenAiChatModel.builder()
          .baseUrl(provider.url())
          .apiKey("key")
          .modelName("gpt-5-mini")
          .maxRetries(0)
          .listeners(listeners)
          .build();
  private final StreamingChatModel streaming =
      OpenAiStreamingChatModel.builder()
          .baseUrl(provider.url())
          .apiKey("key")
          .modelName("gpt-5-mini")
          .listeners(listeners)
          .build();
  private final Assistant assistant =
      AiServices.builder(Assistant.class).chatModel(model).streamingChatModel(streaming).build();

  @AfterEach
  void undeploy() {
    ann.close();
    deployed.close();
    provider.close();
  }

  private Object ask(Callable<Object> body) throws Exception {
    return chat.ask("sixteen letters.", body);
  }

  private void assertSettled(long input, long output, long cost) {
    assertThat(deployed.calls()).hasSize(1);
    CallRecord call = deployed.calls().get(0);
    assertThat(call.outcome()).isEqualTo(CallRecord.Outcome.SETTLED);
    assertThat(call.inputTokens()).isEqualTo(input);
    assertThat(call.outputTokens()).isEqualTo(output);
    assertThat(call.costNanoUsd()).isEqualTo(cost);
    assertThat(deployed.held("tokens")).isZero();
  }

  private void assertCompletionSettled() {
    assertSettled(20, 7, ProviderAnswers.COMPLETION_COST);
  }

  private void assertChargedAsReserved() {
    assertThat(deployed.calls())
        .extracting(CallRecord::outcome, CallRecord::inputTokens, CallRecord::outputTokens)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(CallRecord.Outcome.ESTIMATED, 4L, 100L));
  }

  @Test
  void answerIsChargedWithNoCodeInTheMethod() throws Exception {
    provider.answers(200, ProviderAnswers.COMPLETION);

    Object answer = ask(() -> model.chat("Hello"));

    assertThat(answer).isEqualTo("Hi there");
    assertCompletionSettled();
  }

  @Test
  void answersOfOneMethodAddUp() throws Exception {
    provider.answers(200, ProviderAnswers.COMPLETION);
    provider.answers(200, ProviderAnswers.COMPLETION);

    ask(() -> model.chat("Hello") + model.chat("Hello again"));

    assertSettled(40, 14, 2 * ProviderAnswers.COMPLETION_COST);
  }

  @Test
  void answerOutsideOfAnyMethodIsNobodys() {
    provider.answers(200, ProviderAnswers.COMPLETION);

    assertThat(model.chat("Hello")).isEqualTo("Hi there");
    assertThat(deployed.calls()).isEmpty();
  }

  @Test
  void anthropicsInputIsCountedWithItsCache() throws Exception {
    provider.answers(200, ProviderAnswers.MESSAGE);
    ChatModel claude =
        AnthropicChatModel.builder()
            .baseUrl(provider.url())
            .apiKey("key")
            .modelName("claude-opus-4-8")
            .maxRetries(0)
            .listeners(listeners)
            .build();

    ask(() -> claude.chat("Hello"));

    assertSettled(34, 7, ProviderAnswers.MESSAGE_COST);
  }

  /** Hears an answer that streams in. */
  private static final class Handler implements StreamingChatResponseHandler {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final AtomicInteger ends = new AtomicInteger();

    @Override
    public void onPartialResponse(String text) {
      begun.countDown();
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      ends.incrementAndGet();
    }

    @Override
    public void onError(Throwable failure) {
      ends.incrementAndGet();
    }
  }

  @Test
  void streamedAnswerIsHeldUntilItIsComplete() throws Exception {
    CountDownLatch rest = new CountDownLatch(1);
    provider.streamsUntil(
        rest,
        ProviderAnswers.CHUNK,
        ProviderAnswers.LAST_CHUNK,
        ProviderAnswers.USAGE_CHUNK,
        ProviderAnswers.DONE);
    Handler handler = new Handler();

    ask(
        () -> {
          streaming.chat("Hello", handler);
          return "begun";
        });
    handler.begun.await();

    assertThat(deployed.held("tokens")).isEqualTo(104);
    rest.countDown();
    await().untilAtomic(handler.ends, org.hamcrest.Matchers.is(1));
    assertCompletionSettled();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 429})
  void requestThatTheProviderRefusesIsGivenBack(int status) {
    provider.answers(status, ProviderAnswers.ERROR);

    assertThatThrownBy(() -> ask(() -> model.chat("Hello")))
        .isInstanceOf(LangChain4jException.class);

    assertThat(deployed.used("tokens")).isZero();
    assertThat(deployed.held("tokens")).isZero();
  }

  @Test
  void providerThatCannotBeReachedBillsNothing() {
    provider.close();

    assertThatThrownBy(() -> ask(() -> model.chat("Hello")))
        .hasRootCauseInstanceOf(java.nio.channels.ClosedChannelException.class);

    assertThat(deployed.used("tokens")).isZero();
  }

  @Test
  void requestThatFailsOtherwiseIsChargedAsReserved() {
    provider.answers(500, ProviderAnswers.ERROR);

    assertThatThrownBy(() -> ask(() -> model.chat("Hello")))
        .isInstanceOf(LangChain4jException.class);

    assertChargedAsReserved();
  }

  @Test
  void streamThatFailsIsSettledWhenItFails() throws Exception {
    provider.answers(500, ProviderAnswers.ERROR);
    Handler handler = new Handler();

    ask(
        () -> {
          streaming.chat("Hello", handler);
          return "begun";
        });

    await().untilAtomic(handler.ends, org.hamcrest.Matchers.is(1));
    assertChargedAsReserved();
  }

  @Test
  void failureBesidesAnAnswerLeavesNoLessThanWasReserved() throws Exception {
    provider.answers(500, ProviderAnswers.ERROR);
    provider.answers(200, ProviderAnswers.COMPLETION);

    ask(
        () -> {
          assertThatThrownBy(() -> model.chat("Hello")).isInstanceOf(LangChain4jException.class);
          return model.chat("Hello again");
        });

    CallRecord call = deployed.calls().get(0);
    assertThat(call.outcome()).isEqualTo(CallRecord.Outcome.ESTIMATED);
    assertThat(call.inputTokens()).isEqualTo(20);
    assertThat(call.outputTokens()).isEqualTo(100);
  }

  @Test
  void resultOfAServiceIsChargedOnce() throws Exception {
    provider.answers(200, ProviderAnswers.COMPLETION);

    ask(() -> assistant.ask("Hello"));

    assertCompletionSettled();
  }

  @Test
  void responseTellsItsUsageWhereTheModelHasNoListener() throws Exception {
    provider.answers(200, ProviderAnswers.COMPLETION);
    ChatModel deaf =
        OpenAiChatModel.builder()
            .baseUrl(provider.url())
            .apiKey("key")
            .modelName("gpt-5-mini")
            .build();

    ask(() -> deaf.chat(dev.langchain4j.data.message.UserMessage.from("Hello")));

    assertCompletionSettled();
  }

  @Test
  void tokenStreamThatStartsLaterIsSettledAtItsEnd() throws Exception {
    provider.streams(
        ProviderAnswers.CHUNK,
        ProviderAnswers.LAST_CHUNK,
        ProviderAnswers.USAGE_CHUNK,
        ProviderAnswers.DONE);
    AtomicInteger ends = new AtomicInteger();

    TokenStream stream = (TokenStream) ask(() -> assistant.stream("Hello"));
    assertThat(deployed.held("tokens")).isEqualTo(104);
    stream
        .onPartialResponse(text -> {})
        .onCompleteResponse(response -> ends.incrementAndGet())
        .ignoreErrors()
        .start();

    await().untilAtomic(ends, org.hamcrest.Matchers.is(1));
    assertCompletionSettled();
  }

  @Test
  void tokenStreamThatIsCancelledIsChargedAsReserved() throws Exception {
    CountDownLatch rest = new CountDownLatch(1);
    provider.streamsUntil(
        rest, ProviderAnswers.CHUNK, ProviderAnswers.LAST_CHUNK, ProviderAnswers.DONE);
    TokenStream stream = (TokenStream) ask(() -> assistant.stream("Hello"));

    stream
        .onPartialResponseWithContext((part, context) -> context.streamingHandle().cancel())
        .ignoreErrors()
        .start();

    await().untilAsserted(() -> assertThat(deployed.held("tokens")).isZero());
    assertChargedAsReserved();
    rest.countDown();
  }

  @Test
  void tokenStreamThatIsRefusedIsGivenBack() throws Exception {
    provider.answers(429, ProviderAnswers.ERROR);
    AtomicInteger ends = new AtomicInteger();

    TokenStream stream = (TokenStream) ask(() -> assistant.stream("Hello"));
    stream.onPartialResponse(text -> {}).onError(failure -> ends.incrementAndGet()).start();

    await().untilAtomic(ends, org.hamcrest.Matchers.is(1));
    assertThat(deployed.used("tokens")).isZero();
    assertThat(deployed.held("tokens")).isZero();
  }
}
