package dev.tollgate.providers;

import static dev.tollgate.providers.Fixtures.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Usage;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {

  private static final String SSE = "text/event-stream; charset=utf-8";
  private static final String NDJSON = "application/x-ndjson";
  private static final String JSON = "application/json";

  /** What an answer in the true format of a provider tells. */
  record Answer(
      Protocol protocol,
      String contentType,
      String file,
      Usage usage,
      String model,
      String finishReason) {

    byte[] bytes() {
      return Fixtures.bytes("answers/" + file);
    }
  }

  static List<Answer> answers() {
    return List.of(
        new Answer(
            Protocol.OPENAI,
            JSON,
            "openai-chat.json",
            new Usage(1219, 1024, 0, 310, 256),
            "gpt-5-mini-2025-08-07",
            "stop"),
        new Answer(
            Protocol.OPENAI,
            JSON,
            "openai-responses.json",
            new Usage(3000, 1000, 500, 87, 64),
            "gpt-5.6-sol",
            "max_output_tokens"),
        new Answer(
            Protocol.ANTHROPIC,
            JSON,
            "anthropic.json",
            new Usage(21 + 188 + 2048, 2048, 188, 100, 393, 0),
            "claude-sonnet-4-5-20250929",
            "end_turn"),
        new Answer(
            Protocol.GEMINI,
            JSON,
            "gemini.json",
            new Usage(1530, 1000, 0, 240, 200),
            "gemini-2.5-pro",
            "STOP"),
        new Answer(
            Protocol.OLLAMA, JSON, "ollama-chat.json", Usage.of(26, 298), "llama3.2", "stop"),
        new Answer(
            Protocol.OLLAMA, JSON, "ollama-generate.json", Usage.of(77, 290), "llama3.2", "stop"),
        new Answer(
            Protocol.OPENAI,
            SSE,
            "openai-chat.sse",
            new Usage(1200, 1024, 0, 7, 0),
            "gpt-4o-mini",
            "stop"),
        new Answer(
            Protocol.OPENAI,
            SSE,
            "openai-responses.sse",
            new Usage(37, 5, 0, 11, 3),
            "gpt-5.6-sol",
            "completed"),
        new Answer(
            Protocol.ANTHROPIC,
            SSE,
            "anthropic.sse",
            new Usage(4325, 4000, 300, 300, 15, 0),
            "claude-opus-4-8",
            "end_turn"),
        new Answer(
            Protocol.GEMINI,
            SSE,
            "gemini.sse",
            new Usage(20, 0, 0, 109, 100),
            "gemini-2.5-flash",
            "STOP"),
        new Answer(Protocol.OLLAMA, NDJSON, "ollama.ndjson", Usage.of(31, 12), "llama3.2", "stop"));
  }

  /** Ollama's generate answer tells no input: 77 is what is assumed. */
  private static void assertRead(Answer answer, Reading reading, String how) {
    assertThat(reading.usage(77)).as(how).contains(answer.usage());
    assertThat(reading.spent(77)).as(how).isEqualTo(answer.usage());
    assertThat(reading.model()).as(how).isEqualTo(answer.model());
    assertThat(reading.finishReason()).as(how).isEqualTo(answer.finishReason());
    assertThat(reading.isComplete()).as(how).isTrue();
    assertThat(reading.outputBytes()).as(how).isPositive();
  }

  @ParameterizedTest
  @MethodSource("answers")
  void usageIsTheSameWhereverTheBytesAreSplit(Answer answer) {
    byte[] bytes = answer.bytes();
    for (int split = 0; split <= bytes.length; split++) {
      AnswerReader reader = new AnswerReader(answer.protocol(), answer.contentType());
      reader.feed(bytes, 0, split);
      reader.feed(bytes, split, bytes.length - split);
      reader.finish();
      assertRead(answer, reader.reading(), "split at " + split);
    }
  }

  @ParameterizedTest
  @MethodSource("answers")
  void usageIsTheSameWhateverEndsTheLinesByteByByte(Answer answer) {
    String text = new String(answer.bytes(), StandardCharsets.UTF_8);
    List<String> variants =
        answer.contentType().equals(SSE)
            ? List.of(text, text.replace("\n", "\r\n"), text.replace("\n", "\r"), "\uFEFF" + text)
            : List.of(text, text.replace("\n", "\r\n"));
    for (String variant : variants) {
      AnswerReader reader = new AnswerReader(answer.protocol(), answer.contentType());
      for (byte next : utf8(variant)) {
        reader.feed(new byte[] {next}, 0, 1);
      }
      reader.finish();
      assertRead(answer, reader.reading(), variant.replace("\r", "<CR>"));
    }
  }

  @ParameterizedTest
  @MethodSource("answers")
  void truncatedAnswersAreNeverMoreThanTheWholeAndNeverNegative(Answer answer) {
    byte[] bytes = answer.bytes();
    for (int length = 0; length < bytes.length; length++) {
      AnswerReader reader = new AnswerReader(answer.protocol(), answer.contentType());
      reader.feed(bytes, 0, length);
      reader.finish();
      Usage spent = reader.reading().spent(0);
      assertThat(spent.isPlausible()).as("%d bytes", length).isTrue();
      assertThat(spent.inputTokens()).isLessThanOrEqualTo(answer.usage().inputTokens());
      assertThat(spent.outputTokens()).isLessThanOrEqualTo(answer.usage().outputTokens());
    }
  }

  @Test
  void mutatedAnswersNeverThrowAndNeverTellNonsense() {
    Seed seed = Seed.next();
    Random random = seed.random();
    List<String> poison =
        List.of(
            "-1",
            "1e400",
            "1e-999999999",
            "null",
            "\"x\"",
            "[]",
            "{}",
            "true",
            "NaN",
            "1.5",
            "99999999999999999999",
            "9223372036854775808",
            "",
            "}",
            "\u0000",
            "\r",
            "\n\n");
    for (int i = 0; i < 20_000; i++) {
      Answer answer = answers().get(random.nextInt(answers().size()));
      String text = new String(answer.bytes(), StandardCharsets.UTF_8);
      for (int times = random.nextInt(4); times >= 0; times--) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(12));
        String change = poison.get(random.nextInt(poison.size()));
        text = text.substring(0, from) + change + text.substring(to);
      }
      byte[] bytes = utf8(text);
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      AnswerReader reader = new AnswerReader(answer.protocol(), answer.contentType());
      reader.feed(bytes, 0, bytes.length);
      reader.finish();
      Usage spent = reader.reading().spent(random.nextInt(1000));
      assertThat(spent.isPlausible()).as("%s, step %d: %s", seed, i, text).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prompt_tokens\":5}",
        "{\"prompt_tokens\":5,\"completion_tokens\":-3}",
        "{\"prompt_tokens\":5,\"completion_tokens\":1e400}",
        "{\"prompt_tokens\":5,\"completion_tokens\":9223372036854775808}",
        "{\"prompt_tokens\":5,\"completion_tokens\":\"7\"}",
        "{\"prompt_tokens\":5,\"completion_tokens\":null}",
        "null",
        "[]",
        "17"
      })
  void reportWithoutSoundOutputIsNoReport(String usage) {
    Reading reading = openAi(usage);
    assertThat(reading.usage(9)).isEmpty();
    assertThat(reading.spent(9).outputTokens()).as("'four!' has five bytes").isEqualTo(2);
  }

  @Test
  void reportWithoutSoundInputTakesTheEstimateOfTheInput() {
    assertThat(openAi("{\"prompt_tokens\":-1,\"completion_tokens\":3}").usage(9))
        .contains(Usage.of(9, 3));
    assertThat(openAi("{\"completion_tokens\":3}").usage(9)).contains(Usage.of(9, 3));
  }

  @Test
  void explicitZeroIsZero() {
    assertThat(openAi("{\"prompt_tokens\":0,\"completion_tokens\":0}").usage(9))
        .contains(Usage.NONE);
  }

  @Test
  void partsAreCutToTheirWhole() {
    String usage =
        "{\"prompt_tokens\":10,\"completion_tokens\":5,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":90,\"cache_write_tokens\":4}}";
    assertThat(openAi(usage).usage(0)).contains(new Usage(10, 10, 0, 5, 0));
  }

  @Test
  void reasoningIsAddedWhereTheTotalSaysThatOutputLeavesItOut() {
    String details = "\"completion_tokens_details\":{\"reasoning_tokens\":40}}";
    String left = "{\"prompt_tokens\":10,\"completion_tokens\":50,\"total_tokens\":100," + details;
    String within = "{\"prompt_tokens\":10,\"completion_tokens\":50,\"total_tokens\":60," + details;
    assertThat(openAi(left).usage(0)).contains(new Usage(10, 0, 0, 90, 40));
    assertThat(openAi(within).usage(0)).contains(new Usage(10, 0, 0, 50, 40));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "cost":0.00014                                                        | 0.00014
          "cost":0                                                              | 0
          "cost":0.95,"cost_details":{"upstream_inference_cost":19}             | 0.95
          "cost":0.95,"is_byok":true,"cost_details":{"upstream_inference_cost":19} | 19.95
          "cost":0,"is_byok":true,"cost_details":{"upstream_inference_cost":null} | 0
          "cost":-1                                                             |
          "cost":1e400                                                          |
          "cost":1e-400                                                         |
          "cost":"NaN"                                                          |
          "cost":null                                                           |
          "cost":{}                                                             |
          """)
  void costIsReadWhereItIsAnAmount(String cost, BigDecimal usd) {
    String usage = "{\"prompt_tokens\":10,\"completion_tokens\":5," + cost + "}";
    assertThat(openAi(usage).costUsd()).isEqualTo(Optional.ofNullable(usd));
    assertThat(openAi(usage).usage(0)).contains(Usage.of(10, 5));
  }

  private static Reading openAi(String usage) {
    return AnswerReader.read(
        Protocol.OPENAI,
        utf8(
            "{\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
                + "{\"content\":\"four!\"},\"finish_reason\":\"stop\"}],\"usage\":"
                + usage
                + "}"));
  }

  @Test
  void brokenOffStreamIsChargedForWhatWasSeen() {
    AnswerReader reader = new AnswerReader(Protocol.OPENAI, SSE);
    for (int i = 0; i < 26; i++) {
      feed(reader, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
    }
    assertThat(reader.reading().isComplete()).isFalse();
    assertThat(reader.reading().usage(500)).isEmpty();
    assertThat(reader.reading().spent(500)).isEqualTo(Usage.of(500, 26));
    assertThat(reader.reading().deltas()).isEqualTo(26);
    feed(reader, "data: {\"choices\":[{\"delta\":{\"content\":\"" + "x".repeat(400) + "\"}}]}\n\n");
    assertThat(reader.reading().spent(500)).isEqualTo(Usage.of(500, 107));
  }

  @Test
  void brokenOffAnthropicStreamKnowsItsInput() {
    AnswerReader reader = new AnswerReader(Protocol.ANTHROPIC, SSE);
    feed(reader, Fixtures.text("answers/anthropic.sse").split("event: content_block_stop")[0]);
    assertThat(reader.reading().usage(1)).isEmpty();
    assertThat(reader.reading().spent(1)).isEqualTo(new Usage(4325, 4000, 300, 300, 2, 0));
  }

  @Test
  void reasoningAndToolCallsAreOutputToo() {
    AnswerReader openAi = new AnswerReader(Protocol.OPENAI, SSE);
    feed(
        openAi,
        "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"12345678\",\"tool_calls\":"
            + "[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":"
            + "{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}}]}}]}\n\n");
    assertThat(openAi.reading().outputBytes()).isEqualTo(8 + 1 + 7);
    AnswerReader anthropic = new AnswerReader(Protocol.ANTHROPIC, SSE);
    feed(
        anthropic,
        "data: {\"type\":\"content_block_delta\",\"delta\":"
            + "{\"type\":\"thinking_delta\",\"thinking\":\"1234\"}}\n\n");
    assertThat(anthropic.reading().outputBytes()).isEqualTo(4);
  }

  @Test
  void eventOverTheBoundIsSkippedAndTheRestIsRead() {
    AnswerReader reader = new AnswerReader(Protocol.OPENAI, SSE);
    feed(reader, "data: {\"choices\":[{\"delta\":{\"content\":\"");
    for (int i = 0; i < 40; i++) {
      feed(reader, "x".repeat(100_000));
    }
    feed(reader, "\"}}]}\r\n\r\n");
    feed(reader, Fixtures.text("answers/openai-chat.sse"));
    reader.finish();
    assertThat(reader.reading().usage(0)).contains(new Usage(1200, 1024, 0, 7, 0));
  }

  @Test
  void lineOverTheBoundIsSkippedAndTheRestIsRead() {
    AnswerReader reader = new AnswerReader(Protocol.OLLAMA, NDJSON);
    feed(reader, "x".repeat(3_000_000) + "\n" + Fixtures.text("answers/ollama.ndjson"));
    reader.finish();
    assertThat(reader.reading().usage(0)).contains(Usage.of(31, 12));
  }

  @Test
  void bodyOverTheBoundIsNoReport() {
    byte[] body = utf8(" ".repeat(Framing.MAX_BODY_BYTES) + Fixtures.text("answers/gemini.json"));
    assertThat(AnswerReader.read(Protocol.GEMINI, body).usage(0)).isEmpty();
  }

  @Test
  void dataLinesOfAnEventAreOneMessage() {
    AnswerReader reader = new AnswerReader(Protocol.OPENAI, SSE);
    feed(reader, "id: 7\ndata: {\"usage\":\ndata:{\"prompt_tokens\":5,\n");
    feed(reader, "retry: 10\ndata:  \"completion_tokens\":3}}\n\n");
    assertThat(reader.reading().usage(0)).contains(Usage.of(5, 3));
  }

  @Test
  void geminiStreamsAlsoAsOneList() {
    String list =
        "["
            + Fixtures.text("answers/gemini.sse").replaceFirst("data: ", "").replace("data: ", ",")
            + "]";
    assertThat(AnswerReader.read(Protocol.GEMINI, utf8(list)).usage(0))
        .contains(new Usage(20, 0, 0, 109, 100));
  }

  @Test
  void geminiTellsNoCandidatesWhenThereAreNone() {
    String blocked =
        "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"},"
            + "\"usageMetadata\":{\"promptTokenCount\":8,\"totalTokenCount\":8}}";
    Reading reading = AnswerReader.read(Protocol.GEMINI, utf8(blocked));
    assertThat(reading.usage(0)).contains(Usage.of(8, 0));
    assertThat(reading.finishReason()).isEqualTo("SAFETY");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[", "not json", "42", "\"text\"", "[[[[1]]]]", "{\"choices\":7}"})
  void whatIsNoAnswerTellsNothing(String body) {
    for (Protocol protocol : Protocol.values()) {
      assertThat(AnswerReader.read(protocol, utf8(body)).usage(0)).isEmpty();
    }
  }

  @Test
  void deepJsonTellsNothing() {
    String deep = "{\"choices\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
    assertThat(AnswerReader.read(Protocol.OPENAI, utf8(deep)).usage(0)).isEmpty();
  }

  private static void feed(AnswerReader reader, String text) {
    byte[] bytes = utf8(text);
    reader.feed(bytes, 0, bytes.length);
  }

  @Test
  void vectorsAreNoOutput() {
    String body =
        """
        {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,-0.2]}],
         "model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}""";
    Reading reading = AnswerReader.read(Protocol.OPENAI, utf8(body));
    assertThat(reading.usage(0)).contains(Usage.of(8, 0));
    assertThat(reading.model()).isEqualTo("text-embedding-3-small");
  }
}
