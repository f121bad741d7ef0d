package dev.tollgate.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedProviderTest {

  private final Provider provider = new SimulatedProvider(Duration.ZERO);

  @AfterEach
  void close() {
    provider.close();
  }

  @Test
  void reportsTheTokensOfPromptAndAnswer() throws ProviderException {
    Completion answer = provider.complete("12345678", 500, "gpt-5-mini");
    assertThat(answer.reported()).isTrue();
    assertThat(answer.usage().inputTokens()).isEqualTo(2);
    assertThat(answer.usage().outputTokens()).isEqualTo(SimulatedModel.tokens(answer.text()));
  }

  @Test
  void answersTheSameToTheSamePromptInEveryDialect() throws Exception {
    String text = provider.complete("Hello", 300, "gpt-5-mini").text();
    String openAi =
        "{\"model\":\"m\",\"max_completion_tokens\":300,\"stream\":%s,"
            + "\"messages\":[{\"role\":\"system\",\"content\":\"Be\"},"
            + "{\"role\":\"user\",\"content\":\"Hello\"}]}";
    String anthropic =
        "{\"model\":\"m\",\"max_tokens\":300,\"stream\":%s,\"system\":\"Be\","
            + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hello\"}]}]}";
    JsonNode completion = json(Dialect.OPENAI, openAi.formatted(false));
    JsonNode message = json(Dialect.ANTHROPIC, anthropic.formatted(false));
    assertThat(completion.at("/choices/0/message/content").asText()).isEqualTo(text);
    assertThat(message.at("/content/0/text").asText()).isEqualTo(text);
    assertThat(texts(events(Dialect.OPENAI, openAi.formatted(true)), "/choices/0/delta/content"))
        .isEqualTo(text);
    assertThat(texts(events(Dialect.ANTHROPIC, anthropic.formatted(true)), "/delta/text"))
        .isEqualTo(text);
  }

  @Test
  void writesACompletionAsOpenAiDoes() throws Exception {
    JsonNode answer =
        json(
            Dialect.OPENAI,
            "{\"model\":\"gpt-5-mini\",\"max_tokens\":2,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"12345678\"}]}");
    assertThat(answer)
        .isEqualTo(
            Json.read(
                """
                {"id": "chatcmpl-sim910e0084", "object": "chat.completion", "created": 1767225600,
                 "model": "gpt-5-mini", "choices": [{"index": 0, "finish_reason": "length",
                 "logprobs": null, "message": {"role": "assistant", "content": "You said",
                 "refusal": null}}], "usage": {"prompt_tokens": 2, "completion_tokens": 2,
                 "total_tokens": 4, "prompt_tokens_details": {"cached_tokens": 0},
                 "completion_tokens_details": {"reasoning_tokens": 0}}}
                """
                    .getBytes(UTF_8)));
  }

  @Test
  void streamsACompletionAsOpenAiDoes() throws Exception {
    String chunk =
        "data: {\"id\":\"chatcmpl-sim11b20\",\"object\":\"chat.completion.chunk\","
            + "\"created\":1767225600,\"model\":\"m\",\"choices\":[%s]%s}\n\n";
    String choice = "{\"index\":0,\"delta\":%s,\"logprobs\":null,\"finish_reason\":%s}";
    String request =
        "{\"model\":\"m\",\"max_tokens\":2,\"stream\":true%s,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi!\"}]}";
    String begin = choice.formatted("{\"role\":\"assistant\",\"content\":\"\"}", "null");
    String you = choice.formatted("{\"content\":\"You \"}", "null");
    String said = choice.formatted("{\"content\":\"said\"}", "null");
    String end = choice.formatted("{}", "\"length\"");
    String usage =
        ",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":0},"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":0}}";
    assertThat(body(Dialect.OPENAI, request.formatted("")))
        .isEqualTo(
            chunk.formatted(begin, "")
                + chunk.formatted(you, "")
                + chunk.formatted(said, "")
                + chunk.formatted(end, "")
                + "data: [DONE]\n\n");
    assertThat(
            body(Dialect.OPENAI, request.formatted(",\"stream_options\":{\"include_usage\":true}")))
        .isEqualTo(
            chunk.formatted(begin, ",\"usage\":null")
                + chunk.formatted(you, ",\"usage\":null")
                + chunk.formatted(said, ",\"usage\":null")
                + chunk.formatted(end, ",\"usage\":null")
                + chunk.formatted("", usage)
                + "data: [DONE]\n\n");
  }

  @Test
  void writesAMessageAsAnthropicDoes() throws Exception {
    assertThat(json(Dialect.ANTHROPIC, shortMessage(false)))
        .isEqualTo(
            Json.read(
                """
                {"type": "message", "id": "msg_sim11b20", "role": "assistant", "model": "m",
                 "content": [{"type": "text", "text": "You said"}], "stop_reason": "max_tokens",
                 "stop_sequence": null, "usage": {"input_tokens": 1,
                 "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
                 "output_tokens": 2}}
                """
                    .getBytes(UTF_8)));
  }

  @Test
  void streamsAMessageAsAnthropicDoes() throws Exception {
    assertThat(body(Dialect.ANTHROPIC, shortMessage(true)))
        .isEqualTo(
            """
            event: message_start
            data: {"type":"message_start","message":{"type":"message","id":"msg_sim11b20",\
            "role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,\
            "usage":{"input_tokens":1,"cache_creation_input_tokens":0,\
            "cache_read_input_tokens":0,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: ping
            data: {"type":"ping"}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"You "}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"said"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},\
            "usage":{"output_tokens":2}}

            event: message_stop
            data: {"type":"message_stop"}

            """);
  }

  @Test
  void givesSeveralAnswersAndCountsThemAll() throws Exception {
    String request =
        "{\"model\":\"m\",\"n\":3,\"max_tokens\":400,\"stream\":%s,"
            + "\"stream_options\":{\"include_usage\":true},"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    JsonNode answer = json(Dialect.OPENAI, request.formatted(false));
    List<String> texts = new ArrayList<>();
    answer.path("choices").forEach(c -> texts.add(c.at("/message/content").asText()));
    assertThat(texts).hasSize(3).doesNotHaveDuplicates();
    assertThat(answer.at("/usage/completion_tokens").asLong())
        .isEqualTo(texts.stream().mapToLong(SimulatedModel::tokens).sum());
    List<JsonNode> events = events(Dialect.OPENAI, request.formatted(true));
    assertThat(events.get(events.size() - 1).path("usage")).isEqualTo(answer.path("usage"));
    for (int i = 0; i < 3; i++) {
      int index = i;
      assertThat(
              texts(
                  events.stream().filter(e -> e.at("/choices/0/index").asInt() == index).toList(),
                  "/choices/0/delta/content"))
          .isEqualTo(texts.get(i));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "no JSON | the body is no JSON that can be read",
        "{} | model must be the name of a model",
        "{\"model\":\"m\"} | messages must be an array with one message or more",
        "{\"model\":\"m\",\"messages\":[]} | messages must be an array with one message or more",
        "{\"model\":\"m\",\"messages\":[{}],\"max_tokens\":0} | max_tokens must be a whole number from"
            + " 1 to 128000",
        "{\"model\":\"m\",\"messages\":[{}],\"max_tokens\":1e400} | max_tokens must be a whole number"
            + " from 1 to 128000",
        "{\"model\":\"m\",\"messages\":[{}],\"n\":9} | n must be a whole number from 1 to 8",
      })
  void refusesWhatAProviderRefuses(String body, String message) throws Exception {
    ProviderReply reply = reply(Dialect.OPENAI, body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(text(reply))
        .isEqualTo(
            "{\"error\":{\"message\":\""
                + message
                + "\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"max_tokens\":null", ",\"max_tokens\":128001"})
  void wantsTheMostTokensOfAMessage(String maxTokens) throws Exception {
    ProviderReply reply =
        reply(Dialect.ANTHROPIC, "{\"model\":\"m\",\"messages\":[{}]" + maxTokens + "}");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(text(reply))
        .isEqualTo(
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":"
                + "\"max_tokens must be a whole number from 1 to 128000\"}}");
  }

  private static String shortMessage(boolean stream) {
    return "{\"model\":\"m\",\"max_tokens\":2,\"stream\":"
        + stream
        + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi!\"}]}";
  }

  private JsonNode json(Dialect dialect, String request) throws IOException {
    return Json.read(body(dialect, request).getBytes(UTF_8));
  }

  /** The data of all events but the last of OpenAI's, which is no JSON. */
  private List<JsonNode> events(Dialect dialect, String request) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : body(dialect, request).lines().toList()) {
      if (line.startsWith("data: {")) {
        events.add(Json.read(line.substring(6).getBytes(UTF_8)));
      }
    }
    return events;
  }

  private static String texts(List<JsonNode> events, String pointer) {
    return events.stream().map(event -> event.at(pointer).asText()).collect(Collectors.joining());
  }

  private String body(Dialect dialect, String request) {
    ProviderReply reply = reply(dialect, request);
    assertThat(reply.status()).isEqualTo(200);
    return text(reply);
  }

  private ProviderReply reply(Dialect dialect, String request) {
    return provider.pass(new ProviderRequest(dialect, Map.of(), request.getBytes(UTF_8))).join();
  }

  private static String text(ProviderReply reply) {
    var whole = BodySubscribers.ofString(UTF_8);
    reply.body().subscribe(whole);
    return whole.getBody().toCompletableFuture().join();
  }
}
