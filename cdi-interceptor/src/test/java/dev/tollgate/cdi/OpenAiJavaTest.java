package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.asAnn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.AsyncStreamResponse;
import com.openai.core.http.StreamResponse;
import com.openai.errors.InternalServerException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import dev.tollgate.CallContext;
import dev.tollgate.CallRecord;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Methods that return what OpenAI's own client returns. */
class OpenAiJavaTest {

  private static final ChatCompletionCreateParams CHAT =
      ChatCompletionCreateParams.builder().model("gpt-5-mini").addUserMessage("Hello").build();
  private static final ResponseCreateParams RESPOND =
      ResponseCreateParams.builder().model("gpt-5-mini").input("Hello").build();

  /** Each method reserves 4 tokens in and 100 out. */
  @ApplicationScoped
  @AiCost(model = "gemini", maxOutputTokens = 100)
  static class Chat {
    ChatCompletion chat(@Prompt String prompt, OpenAIClient client) {
      return client.chat().completions().create(CHAT);
    }

    CompletableFuture<ChatCompletion> chatLater(@Prompt String prompt, OpenAIClient client) {
      return client.async().chat().completions().create(CHAT);
    }

    @SuppressWarnings("MustBeClosedChecker") // whoever asked closes it
    StreamResponse<ChatCompletionChunk> stream(@Prompt String prompt, OpenAIClient client) {
      return client.chat().completions().createStreaming(CHAT);
    }

    AsyncStreamResponse<ChatCompletionChunk> streamLater(
        @Prompt String prompt, OpenAIClient client) {
      return client.async().chat().completions().createStreaming(CHAT);
    }

    Response respond(@Prompt String prompt, OpenAIClient client) {
      return client.responses().create(RESPOND);
    }

    @SuppressWarnings("MustBeClosedChecker") // whoever asked closes it
    StreamResponse<ResponseStreamEvent> respondAsStream(
        @Prompt String prompt, OpenAIClient client) {
      return client.responses().createStreaming(RESPOND);
    }
  }

  private static final String PROMPT = "sixteen letters.";

  private final ProviderServer provider = new ProviderServer();
  private final OpenAIClient client =
      OpenAIOkHttpClient.builder().baseUrl(provider.url()).apiKey("key").maxRetries(0).build();
  private final Deployed deployed = Deployed.of(Chat.class);
  private final CallContext.Scope ann = asAnn();
  private final Chat chat = deployed.bean(Chat.class);

  @AfterEach
  void undeploy() {
    ann.close();
    deployed.close();
    client.close();
    provider.close();
  }

  private void streamsWhole() {
    provider.streams(
        ProviderAnswers.CHUNK,
        ProviderAnswers.LAST_CHUNK,
        ProviderAnswers.USAGE_CHUNK,
        ProviderAnswers.DONE);
  }

  private CallRecord onlyCall() {
    assertThat(deployed.calls()).hasSize(1);
    assertThat(deployed.held("tokens")).isZero();
    return deployed.calls().get(0);
  }

  private void assertSettled() {
    CallRecord call = onlyCall();
    assertThat(call.outcome()).isEqualTo(CallRecord.Outcome.SETTLED);
    assertThat(call.inputTokens()).isEqualTo(20);
    assertThat(call.outputTokens()).isEqualTo(7);
    assertThat(call.costNanoUsd()).isEqualTo(ProviderAnswers.COMPLETION_COST);
  }

  private void assertChargedAsReserved() {
    CallRecord call = onlyCall();
    assertThat(call.outcome()).isEqualTo(CallRecord.Outcome.ESTIMATED);
    assertThat(call.outputTokens()).isEqualTo(100);
  }

  @Test
  void completionTellsItsUsage() {
    provider.answers(200, ProviderAnswers.COMPLETION);

    chat.chat(PROMPT, client);

    assertSettled();
  }

  @Test
  void completionThatComesLaterTellsItsUsage() throws Exception {
    provider.answers(200, ProviderAnswers.COMPLETION);

    chat.chatLater(PROMPT, client).get(10, TimeUnit.SECONDS);

    assertSettled();
  }

  @Test
  void completionWithoutUsageIsChargedAsReserved() {
    provider.answers(200, ProviderAnswers.COMPLETION.replaceAll("\"prompt_tokens\":20,", ""));

    chat.chat(PROMPT, client);

    assertChargedAsReserved();
  }

  @Test
  void usageWithoutDetailsIsKnown() {
    provider.answers(
        200, ProviderAnswers.RESPONSE.replaceAll(",\"(in|out)put_tokens_details\":\\{.*?}", ""));

    chat.respond(PROMPT, client);

    assertThat(onlyCall().costNanoUsd()).isEqualTo(20 * 1000 + 7 * 2000);
  }

  @Test
  void responseTellsItsUsage() {
    provider.answers(200, ProviderAnswers.RESPONSE);

    chat.respond(PROMPT, client);

    assertSettled();
  }

  @Test
  void streamIsHeldUntilItIsClosed() {
    streamsWhole();

    try (StreamResponse<ChatCompletionChunk> stream = chat.stream(PROMPT, client)) {
      assertThat(stream.stream().count()).isEqualTo(3);
      assertThat(deployed.held("tokens")).isEqualTo(104);
    }

    assertSettled();
  }

  @Test
  void streamOfAResponseTellsItsUsage() {
    provider.streams(ProviderAnswers.RESPONSE_COMPLETED);

    try (StreamResponse<ResponseStreamEvent> stream = chat.respondAsStream(PROMPT, client)) {
      assertThat(stream.stream().count()).isEqualTo(1);
    }

    assertSettled();
  }

  @Test
  void streamThatIsClosedBeforeItsEndIsChargedAsReserved() {
    streamsWhole();

    try (StreamResponse<ChatCompletionChunk> stream = chat.stream(PROMPT, client)) {
      assertThat(stream.stream().findFirst()).isPresent();
    }

    assertChargedAsReserved();
  }

  @Test
  void streamToASubscriberIsSettledWhenItIsComplete() throws Exception {
    streamsWhole();

    AsyncStreamResponse<ChatCompletionChunk> stream = chat.streamLater(PROMPT, client);
    assertThat(deployed.held("tokens")).isEqualTo(104);
    stream.subscribe(chunk -> {}).onCompleteFuture().get(10, TimeUnit.SECONDS);

    assertSettled();
  }

  @Test
  void streamThatItsSubscriberClosesIsChargedAsReserved() {
    streamsWhole();

    chat.streamLater(PROMPT, client).close();

    assertChargedAsReserved();
  }

  @Test
  void requestThatFailsIsChargedAsReserved() {
    provider.answers(500, ProviderAnswers.ERROR);

    assertThatThrownBy(() -> chat.chat(PROMPT, client)).isInstanceOf(InternalServerException.class);

    assertChargedAsReserved();
  }
}
