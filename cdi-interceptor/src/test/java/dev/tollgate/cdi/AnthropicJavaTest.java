package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.asAnn;
import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.AsyncStreamResponse;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import dev.tollgate.CallContext;
import dev.tollgate.CallRecord;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Methods that return what Anthropic's own client returns. */
class AnthropicJavaTest {

  private static final MessageCreateParams PARAMS =
      MessageCreateParams.builder()
          .model("claude-opus-4-8")
          .maxTokens(100)
          .addUserMessage("Hello")
          .build();

  /** Each method reserves 4 tokens in and 100 out. */
  @ApplicationScoped
  @AiCost(model = "gemini", maxOutputTokens = 100)
  static class Chat {
    Message chat(@Prompt String prompt, AnthropicClient client) {
      return client.messages().create(PARAMS);
    }

    @SuppressWarnings("MustBeClosedChecker") // whoever asked closes it
    StreamResponse<RawMessageStreamEvent> stream(@Prompt String prompt, AnthropicClient client) {
      return client.messages().createStreaming(PARAMS);
    }

    AsyncStreamResponse<RawMessageStreamEvent> streamLater(
        @Prompt String prompt, AnthropicClient client) {
      return client.async().messages().createStreaming(PARAMS);
    }
  }

  private static final String PROMPT = "sixteen letters.";

  private final ProviderServer provider = new ProviderServer();
  private final AnthropicClient client =
      AnthropicOkHttpClient.builder()
          .baseUrl(provider.url().replace("/v1", ""))
          .apiKey("key")
          .maxRetries(0)
          .build();
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
    provider.streamsNamed(
        Stream.concat(
                Stream.of(ProviderAnswers.MESSAGE_START), Stream.of(ProviderAnswers.MESSAGE_REST))
            .toArray(String[]::new));
  }

  private CallRecord onlyCall() {
    assertThat(deployed.calls()).hasSize(1);
    assertThat(deployed.held("tokens")).isZero();
    return deployed.calls().get(0);
  }

  private void assertSettled() {
    CallRecord call = onlyCall();
    assertThat(call.outcome()).isEqualTo(CallRecord.Outcome.SETTLED);
    assertThat(call.inputTokens()).isEqualTo(34);
    assertThat(call.outputTokens()).isEqualTo(7);
    assertThat(call.costNanoUsd()).isEqualTo(ProviderAnswers.MESSAGE_COST);
  }

  @Test
  void messageTellsItsUsage() {
    provider.answers(200, ProviderAnswers.MESSAGE);

    chat.chat(PROMPT, client);

    assertSettled();
  }

  @Test
  void whatTheCacheKeepsForAnHourCostsMore() {
    String hour =
        "\"cache_creation\":{\"ephemeral_5m_input_tokens\":1,\"ephemeral_1h_input_tokens\":3},";
    String told = "\"cache_creation_input_tokens\":4,";
    provider.answers(200, ProviderAnswers.MESSAGE.replace(told, told + hour));

    chat.chat(PROMPT, client);

    assertThat(onlyCall().costNanoUsd())
        .isEqualTo(ProviderAnswers.MESSAGE_COST + 3 * (2000 - 1250));
    provider.streamsNamed(
        Stream.concat(
                Stream.of(ProviderAnswers.MESSAGE_START.replace(told, told + hour)),
                Stream.of(ProviderAnswers.MESSAGE_REST))
            .toArray(String[]::new));

    try (StreamResponse<RawMessageStreamEvent> stream = chat.stream(PROMPT, client)) {
      stream.stream().forEach(event -> {});
    }

    assertThat(deployed.calls())
        .extracting(CallRecord::costNanoUsd)
        .containsOnly(ProviderAnswers.MESSAGE_COST + 3 * (2000 - 1250));
  }

  @Test
  void messageWithoutUsageIsChargedAsReserved() {
    provider.answers(200, ProviderAnswers.MESSAGE.replaceAll("\"input_tokens\":20,", ""));

    chat.chat(PROMPT, client);

    assertThat(onlyCall().outcome()).isEqualTo(CallRecord.Outcome.ESTIMATED);
  }

  @Test
  void streamTellsItsInputFirstAndItsOutputLast() {
    streamsWhole();

    try (StreamResponse<RawMessageStreamEvent> stream = chat.stream(PROMPT, client)) {
      assertThat(stream.stream().count()).isEqualTo(6);
      assertThat(deployed.held("tokens")).isEqualTo(104);
    }

    assertSettled();
  }

  @Test
  void streamThatIsClosedBeforeItsEndIsChargedAsReserved() {
    streamsWhole();

    try (StreamResponse<RawMessageStreamEvent> stream = chat.stream(PROMPT, client)) {
      assertThat(stream.stream().findFirst()).isPresent();
    }

    CallRecord call = onlyCall();
    assertThat(call.outcome()).isEqualTo(CallRecord.Outcome.ESTIMATED);
    assertThat(call.outputTokens()).isEqualTo(100);
  }

  @Test
  void streamToASubscriberIsSettledWhenItIsComplete() throws Exception {
    streamsWhole();

    chat.streamLater(PROMPT, client)
        .subscribe(event -> {})
        .onCompleteFuture()
        .get(10, TimeUnit.SECONDS);

    assertSettled();
  }
}
