package dev.tollgate.servers;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The providers' own clients against the sample's pass-through: they must read its answers, streams
 * and refusals as if the provider had sent them, and come again when they are told to.
 */
class OfficialClientsTest {

  private static final String PROMPT = "What is a tollgate?";
  private static final int MAX_TOKENS = 400;

  /** The model of a provider whose hard limit is below what any call costs. */
  private static final String SPENT_MODEL = "acme-large";

  private static final int MAX_RETRIES = 3;

  /** Longer than the clients wait of their own accord before a first retry. */
  private static final Duration OWN_PAUSE = ofSeconds(1);

  private static Instance server;

  @BeforeAll
  static void start() throws IOException {
    server = Instance.start(Server.TOMCAT, "clients", configuration());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Each client has its own keys for the tiers that refuse. */
  private static Map<String, String> configuration() {
    Map<String, String> values = new HashMap<>();
    values.put(
        "sample.keys",
        "ample:ample, "
            + Stream.of("openai", "anthropic", "node")
                .map(client -> "brief-" + client + ":brief, spent-" + client + ":spent")
                .collect(Collectors.joining(", ")));
    values.put("tollgate.provider.openai.hard-limit", "1000.00 USD/month");
    values.put("tollgate.provider.acme.hard-limit", "0.000001 USD/month");
    values.put("tollgate.provider.acme.models", SPENT_MODEL);
    values.put("tollgate.price." + SPENT_MODEL, "1 in, 1 out USD per 1M");
    values.put("tollgate.tier.ample.rate", "1000/minute burst 1000");
    values.put("tollgate.tier.brief.rate", "10/minute burst 1");
    values.put("tollgate.tier.spent.rate", "1/hour burst 1");
    return values;
  }

  @Test
  void openAiReadsAnswers() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      ChatCompletion answer = openAi("ample", sleeper).chat().completions().create(completion());
      assertThat(answer.choices().get(0).message().content()).hasValueSatisfying(this::isAnswer);
      assertThat(answer.choices().get(0).finishReason().asString()).isEqualTo("stop");
      assertThat(answer.usage().orElseThrow().completionTokens()).isBetween(10L, 400L);
    }
  }

  @Test
  void openAiReadsStreams() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      OpenAIClient client = openAi("ample", sleeper);
      ChatCompletion whole = client.chat().completions().create(completion());
      List<ChatCompletionChunk> chunks;
      try (var stream = client.chat().completions().createStreaming(completionWithUsage())) {
        chunks = stream.stream().toList();
      }
      assertThat(chunks).hasSizeGreaterThan(10);
      assertThat(
              chunks.stream()
                  .flatMap(chunk -> chunk.choices().stream())
                  .flatMap(choice -> choice.delta().content().stream())
                  .collect(Collectors.joining()))
          .isEqualTo(whole.choices().get(0).message().content().orElseThrow());
      assertThat(chunks.get(chunks.size() - 1).usage()).isEqualTo(whole.usage());
    }
  }

  @Test
  void openAiWaitsAsLongAsARefusalSays() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      OpenAIClient client = openAi("brief-openai", sleeper);
      client.chat().completions().create(completion());
      client.chat().completions().create(completion());
      assertThat(sleeper.slept())
          .singleElement()
          .satisfies(wait -> assertThat(wait).isBetween(OWN_PAUSE, ofSeconds(6)));
    }
  }

  @Test
  void openAiDoesNotRetryWhatWouldTakeTooLong() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      OpenAIClient client = openAi("spent-openai", sleeper);
      client.chat().completions().create(completion());
      assertThatExceptionOfType(com.openai.errors.RateLimitException.class)
          .isThrownBy(() -> client.chat().completions().create(completion()))
          .satisfies(
              refused -> {
                assertThat(refused.code()).hasValue("rate_limit_exceeded");
                assertThat(refused.headers().values("x-should-retry")).containsExactly("false");
                assertThat(refused.headers().values("retry-after"))
                    .singleElement()
                    .satisfies(wait -> assertThat(Integer.parseInt(wait)).isBetween(3400, 3600));
              });
      assertThat(sleeper.slept()).isEmpty();
    }
  }

  @Test
  void openAiTriesASpentBudgetOnce() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      OpenAIClient client = openAi("ample", sleeper);
      ChatCompletionCreateParams params = completion().toBuilder().model(SPENT_MODEL).build();
      assertThatExceptionOfType(com.openai.errors.RateLimitException.class)
          .isThrownBy(() -> client.chat().completions().create(params))
          .satisfies(
              refused -> {
                assertThat(refused.code()).hasValue("insufficient_quota");
                assertThat(refused.headers().values("x-should-retry")).containsExactly("false");
                assertThat(refused.headers().values("retry-after")).isEmpty();
              });
      assertThat(sleeper.slept()).isEmpty();
    }
  }

  @Test
  void openAiUnderstandsThatItsKeyIsNotKnown() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      OpenAIClient client = openAi("nobody", sleeper);
      assertThatExceptionOfType(com.openai.errors.UnauthorizedException.class)
          .isThrownBy(() -> client.chat().completions().create(completion()))
          .withMessageContaining("the API key is not known");
      assertThat(sleeper.slept()).isEmpty();
    }
  }

  @Test
  void anthropicReadsAnswers() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      Message answer = anthropic("ample", sleeper).messages().create(message());
      assertThat(answer.content().get(0).asText().text()).satisfies(this::isAnswer);
      assertThat(answer.stopReason().orElseThrow().asString()).isEqualTo("end_turn");
      assertThat(answer.usage().outputTokens()).isBetween(10L, 400L);
    }
  }

  @Test
  void anthropicReadsStreams() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      AnthropicClient client = anthropic("ample", sleeper);
      Message whole = client.messages().create(message());
      List<RawMessageStreamEvent> events;
      try (var stream = client.messages().createStreaming(message())) {
        events = stream.stream().toList();
      }
      assertThat(events).hasSizeGreaterThan(10);
      assertThat(
              events.stream()
                  .flatMap(event -> event.contentBlockDelta().stream())
                  .map(event -> event.delta().asText().text())
                  .collect(Collectors.joining()))
          .isEqualTo(whole.content().get(0).asText().text());
      assertThat(events.stream().flatMap(event -> event.messageDelta().stream()))
          .singleElement()
          .satisfies(
              end ->
                  assertThat(end.usage().outputTokens()).isEqualTo(whole.usage().outputTokens()));
    }
  }

  @Test
  void anthropicWaitsAsLongAsARefusalSays() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      AnthropicClient client = anthropic("brief-anthropic", sleeper);
      client.messages().create(message());
      client.messages().create(message());
      assertThat(sleeper.slept())
          .singleElement()
          .satisfies(wait -> assertThat(wait).isBetween(OWN_PAUSE, ofSeconds(6)));
    }
  }

  @Test
  void anthropicDoesNotRetryWhatWouldTakeTooLong() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      AnthropicClient client = anthropic("spent-anthropic", sleeper);
      client.messages().create(message());
      assertThatExceptionOfType(com.anthropic.errors.RateLimitException.class)
          .isThrownBy(() -> client.messages().create(message()))
          .withMessageContaining("rate_limit_error")
          .satisfies(
              refused ->
                  assertThat(refused.headers().values("x-should-retry")).containsExactly("false"));
      assertThat(sleeper.slept()).isEmpty();
    }
  }

  @Test
  void anthropicTriesASpentBudgetOnce() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      AnthropicClient client = anthropic("ample", sleeper);
      MessageCreateParams params = message().toBuilder().model(SPENT_MODEL).build();
      assertThatExceptionOfType(com.anthropic.errors.RateLimitException.class)
          .isThrownBy(() -> client.messages().create(params))
          .withMessageContaining("billing_error");
      assertThat(sleeper.slept()).isEmpty();
    }
  }

  @Test
  void anthropicUnderstandsThatItsKeyIsNotKnown() {
    try (RecordingSleeper sleeper = new RecordingSleeper()) {
      AnthropicClient client = anthropic("nobody", sleeper);
      assertThatExceptionOfType(com.anthropic.errors.UnauthorizedException.class)
          .isThrownBy(() -> client.messages().create(message()))
          .withMessageContaining("authentication_error");
      assertThat(sleeper.slept()).isEmpty();
    }
  }

  /** Runs with the profile {@code node}. */
  @Test
  @Tag("node")
  void openAiForNodeDoesTheSame() throws Exception {
    NodeTests tests = new NodeTests(server.address());
    assumeTrue(
        tests.canRun(),
        "OpenAI's client for Node is not tried: here is no Node 20 or newer and npm");
    assumeTrue(
        tests.install(), "OpenAI's client for Node is not tried: npm cannot reach its registry");
    NodeTests.Result result = tests.run();
    assertThat(result.status()).as(result.output()).isZero();
  }

  private void isAnswer(String text) {
    assertThat(text).startsWith("You said “" + PROMPT + "”.");
  }

  private static OpenAIClient openAi(String key, RecordingSleeper sleeper) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(server.address() + "/v1")
        .apiKey(key)
        .maxRetries(MAX_RETRIES)
        .sleeper(sleeper)
        .build();
  }

  private static AnthropicClient anthropic(String key, RecordingSleeper sleeper) {
    return AnthropicOkHttpClient.builder()
        .baseUrl(server.address().toString())
        .apiKey(key)
        .maxRetries(MAX_RETRIES)
        .sleeper(sleeper)
        .build();
  }

  private static ChatCompletionCreateParams completion() {
    return ChatCompletionCreateParams.builder()
        .model("gpt-5-mini")
        .addUserMessage(PROMPT)
        .maxCompletionTokens(MAX_TOKENS)
        .build();
  }

  private static ChatCompletionCreateParams completionWithUsage() {
    return completion().toBuilder()
        .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
        .build();
  }

  private static MessageCreateParams message() {
    return MessageCreateParams.builder()
        .model("claude-haiku-4-5")
        .addUserMessage(PROMPT)
        .maxTokens(MAX_TOKENS)
        .build();
  }
}
