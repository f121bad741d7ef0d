package dev.tollgate.providers;

import static dev.tollgate.providers.Fixtures.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tollgate.Estimate;
import dev.tollgate.TokenCounter;
import dev.tollgate.providers.BadRequestException.Rule;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AiRequestTest {

  private static final String CHAT = "/v1/chat/completions";
  private static final String STREAM = "/v1beta/models/gemini-2.5-pro:streamGenerateContent";

  /** A token for each byte, so that sizes can be seen. */
  private static final TokenCounter BYTES = new FactorCounter(1000);

  private static AiRequest openAi(String body) {
    return AiRequest.read(Protocol.OPENAI, CHAT, utf8(body));
  }

  private static String body(AiRequest request) {
    return new String(request.body(), StandardCharsets.UTF_8);
  }

  @Test
  void chatCompletionTellsWhatItAsksFor() {
    AiRequest request =
        openAi(
            """
            {"model":"gpt-5-mini","messages":[{"role":"user","content":"Hi"}],
             "max_completion_tokens":300,"n":2,"stream":true,
             "stream_options":{"include_usage":true}}
            """);
    assertThat(request.model()).isEqualTo("gpt-5-mini");
    assertThat(request.maxOutputTokens()).hasValue(300);
    assertThat(request.choices()).isEqualTo(2);
    assertThat(request.streams()).isTrue();
    assertThat(request.asksForUsage()).isTrue();
    assertThat(request.estimate(BYTES, 0)).isEqualTo(new Estimate(3 + 4, 600));
  }

  @Test
  void everyProtocolTellsItsBoundInItsOwnWay() {
    assertThat(openAi("{\"input\":\"Hi\",\"max_output_tokens\":7}").maxOutputTokens()).hasValue(7);
    assertThat(
            AiRequest.read(
                    Protocol.ANTHROPIC,
                    "/v1/messages",
                    utf8("{\"messages\":[],\"max_tokens\":1024,\"system\":\"Be brief\"}"))
                .maxOutputTokens())
        .hasValue(1024);
    assertThat(gemini("{\"contents\":[],\"generationConfig\":{\"maxOutputTokens\":9}}"))
        .returns(OptionalLong.of(9), AiRequest::maxOutputTokens)
        .returns("gemini-2.5-pro", AiRequest::model)
        .returns(true, AiRequest::streams);
    assertThat(
            gemini("{\"contents\":[],\"generation_config\":{\"max_output_tokens\":9}}")
                .maxOutputTokens())
        .hasValue(9);
    assertThat(ollama("{\"prompt\":\"Hi\",\"options\":{\"num_predict\":5}}"))
        .returns(OptionalLong.of(5), AiRequest::maxOutputTokens)
        .returns(true, AiRequest::streams);
    assertThat(ollama("{\"prompt\":\"Hi\",\"options\":{\"num_predict\":-1}}").maxOutputTokens())
        .as("Ollama's sign for no bound")
        .isEmpty();
  }

  private static AiRequest gemini(String body) {
    return AiRequest.read(Protocol.GEMINI, STREAM, utf8(body));
  }

  private static AiRequest ollama(String body) {
    return AiRequest.read(Protocol.OLLAMA, "/api/generate", utf8(body));
  }

  @Test
  void boundlessRequestIsEstimatedAtTheBoundGiven() {
    assertThat(openAi("{\"messages\":[],\"n\":3}").estimate(BYTES, 1000))
        .isEqualTo(new Estimate(0, 3000));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|JSON|body: must be a JSON object",
        "{\"messages\":[]|JSON|body: must be a JSON object",
        "{\"messages\":[]} x|JSON|body: must be a JSON object",
        "{}|PROMPT|body: has no prompt that OPENAI knows; add its messages",
        "{\"messages\":7}|TYPE|messages = 7: must be a list; change it or leave it out",
        "{\"messages\":[7]}|TYPE|messages = 7: must be a list of objects",
        "{\"messages\":[],\"model\":\"a\",\"model\":\"b\"}|UNIQUE_KEYS|body: must be a JSON object",
        "{\"messages\":[{\"role\":\"a\",\"role\":\"b\"}]}|UNIQUE_KEYS|body",
        "{\"messages\":[],\"input\":\"x\"}|UNIQUE_KEYS|input and messages both",
        "{\"messages\":[],\"model\":5}|TYPE|model = 5: must be a text",
        "{\"messages\":[],\"model\":\"a\\nb\"}|RANGE|model = ",
        "{\"messages\":[],\"model\":\"a\\u2028b\"}|RANGE|model = ",
        "{\"messages\":[],\"model\":\"a\\u202eb\"}|RANGE|model = ",
        "{\"messages\":[],\"model\":\"a\\ud800b\"}|RANGE|model = ",
        "{\"messages\":[],\"max_tokens\":-1}|RANGE|max_tokens = -1: must be a whole number from 1",
        "{\"messages\":[],\"max_tokens\":0}|RANGE|max_tokens = 0",
        "{\"messages\":[],\"max_tokens\":1.5}|RANGE|max_tokens = 1.5",
        "{\"messages\":[],\"max_tokens\":1e400}|RANGE|max_tokens = 1E+400: must be a whole number",
        "{\"messages\":[],\"max_tokens\":9223372036854775808}|RANGE|max_tokens = 92233720368547",
        "{\"messages\":[],\"max_tokens\":\"9\"}|TYPE|max_tokens = \"9\"",
        "{\"messages\":[],\"max_tokens\":1e-99999999999}|JSON|body: must be a JSON object",
        "{\"messages\":[],\"n\":129}|RANGE|n = 129: must be a whole number from 1 to 128",
        "{\"messages\":[],\"stream\":1}|TYPE|stream = 1: must be true or false",
        "{\"messages\":[],\"stream\":true,\"stream_options\":1}|TYPE|stream_options = 1",
      })
  void wrongBodyIsRefusedWithItsRule(String body, Rule rule, String message) {
    assertRefused(body, rule, message);
  }

  @Test
  void bodiesThatMeanToHurtAreRefused() {
    assertRefused(
        "{\"messages\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}", Rule.DEPTH, "body: ");
    assertRefused("{\"messages\":[" + " ".repeat(1 << 20) + "]}", Rule.SIZE, "body of 1048591");
    assertRefused("{\"messages\":[],\"seed\":" + "9".repeat(2000) + "}", Rule.DEPTH, "body: ");
    assertRefused(
        "{\"messages\":[],\"model\":\"" + "m".repeat(129) + "\"}", Rule.RANGE, "model = \"mmm");
    byte[] noUtf8 = utf8("{\"messages\":[]}");
    noUtf8[3] = (byte) 0xFF;
    BadRequestException refused =
        catchThrowableOfType(
            BadRequestException.class, () -> AiRequest.read(Protocol.OPENAI, CHAT, noUtf8));
    assertThat(refused.rule()).isEqualTo(Rule.JSON);
  }

  @Test
  void geminiKeyInBothSpellingsIsRefused() {
    BadRequestException refused =
        catchThrowableOfType(
            BadRequestException.class,
            () ->
                gemini(
                    "{\"contents\":[],\"generationConfig\":{\"maxOutputTokens\":1,"
                        + "\"max_output_tokens\":9000}}"));
    assertThat(refused.rule()).isEqualTo(Rule.UNIQUE_KEYS);
  }

  private static void assertRefused(String body, Rule rule, String message) {
    BadRequestException refused =
        catchThrowableOfType(BadRequestException.class, () -> openAi(body));
    assertThat(refused).as(body.substring(0, Math.min(99, body.length()))).isNotNull();
    assertThat(refused.rule()).isEqualTo(rule);
    assertThat(refused).hasMessageStartingWith(message);
  }

  @Test
  void mutatedBodiesAreReadOrRefusedAndNothingElse() {
    Seed seed = Seed.next();
    Random random = seed.random();
    String body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
            + "\"text\":\"x\"}]}],\"contents\":[{\"parts\":[{\"text\":\"y\"}]}],\"prompt\":\"p\","
            + "\"max_tokens\":10,\"n\":2,\"stream\":true,\"stream_options\":{\"include_usage\":"
            + "false},\"options\":{\"num_predict\":3},\"thinking\":{\"budget_tokens\":2000},"
            + "\"generationConfig\":{\"maxOutputTokens\":4,\"candidateCount\":2}}";
    String[] poison = {"-1", "1e400", "null", "\"x\"", "[]", "{}", "true", "1.5", "", ",", "7"};
    int read = 0;
    for (int i = 0; i < 5_000; i++) {
      int from = random.nextInt(body.length());
      int to = Math.min(body.length(), from + random.nextInt(16));
      String mutant =
          body.substring(0, from) + poison[random.nextInt(poison.length)] + body.substring(to);
      Protocol protocol = Protocol.values()[random.nextInt(4)];
      try {
        AiRequest request = AiRequest.read(protocol, STREAM, utf8(mutant));
        AiRequest smaller =
            request
                .withModel("small")
                .withMaxOutputTokens(5)
                .withContext(1, BYTES)
                .withUsageReported();
        assertThat(smaller.estimate(BYTES, 5).outputTokens())
            .as("%s: %s", seed, mutant)
            .isLessThanOrEqualTo(5);
        AiRequest.read(protocol, smaller.path(), smaller.body());
        read++;
      } catch (BadRequestException refused) {
        assertThat(refused.getMessage()).as("%s: %s", seed, mutant).isNotBlank();
      }
    }
    assertThat(read).as("%s", seed).isPositive();
  }

  @Test
  void untouchedBodyIsTheSameBytes() {
    String body = "{ \"messages\" : [ ],\n \"temperature\" : 0.70 }";
    AiRequest request = openAi(body);
    assertThat(body(request.withMaxOutputTokens(5).withContext(1, BYTES))).contains("0.70");
    assertThat(body(request.withContext(1000, BYTES).withUsageReported())).isEqualTo(body);
  }

  @Test
  void rewritingKeepsOrderUnknownKeysAndDigits() {
    AiRequest request =
        openAi(
            "{\"z\":1e400,\"messages\":[],\"model\":\"a\",\"temperature\":0.70,\"big\":"
                + "123456789012345678901234567890,\"nested\":{\"x\":[null,1.000]}}");
    assertThat(body(request.withModel("b")))
        .isEqualTo(
            "{\"z\":1E+400,\"messages\":[],\"model\":\"b\",\"temperature\":0.70,\"big\":"
                + "123456789012345678901234567890,\"nested\":{\"x\":[null,1.000]}}");
  }

  @Test
  void maxTokensAreOnlyEverLowered() {
    AiRequest request = openAi("{\"messages\":[],\"max_tokens\":100}");
    assertThat(request.withMaxOutputTokens(200)).isSameAs(request);
    assertThat(body(request.withMaxOutputTokens(50)))
        .isEqualTo("{\"messages\":[],\"max_tokens\":50}");
  }

  @Test
  void maxTokensAreAddedInTheWordsOfTheServer() {
    assertThat(body(openAi("{\"model\":\"gpt-5\",\"messages\":[]}").withMaxOutputTokens(9)))
        .endsWith("\"max_completion_tokens\":9}");
    assertThat(body(openAi("{\"model\":\"qwen3\",\"messages\":[]}").withMaxOutputTokens(9)))
        .endsWith("\"max_tokens\":9}");
    assertThat(body(openAi("{\"model\":\"gpt-5\",\"input\":\"x\"}").withMaxOutputTokens(9)))
        .endsWith("\"max_output_tokens\":9}");
    assertThat(body(gemini("{\"contents\":[]}").withMaxOutputTokens(9)))
        .endsWith("\"generationConfig\":{\"maxOutputTokens\":9}}");
    assertThat(
            body(
                ollama("{\"prompt\":\"x\",\"options\":{\"num_predict\":-2}}")
                    .withMaxOutputTokens(9)))
        .endsWith("\"options\":{\"num_predict\":9}}");
  }

  @Test
  void noOtherEncodingThanUtf8IsRead() {
    String body = "{\"messages\":[]}";
    for (Charset charset :
        List.of(
            StandardCharsets.UTF_16,
            StandardCharsets.UTF_16LE,
            StandardCharsets.UTF_16BE,
            Charset.forName("UTF-32BE"))) {
      assertThatThrownBy(() -> AiRequest.read(Protocol.OPENAI, CHAT, body.getBytes(charset)))
          .as(charset.name())
          .isInstanceOf(BadRequestException.class);
    }
  }

  @Test
  void boundOfAllAnswersIsSharedByThem() {
    AiRequest request = openAi("{\"messages\":[],\"max_tokens\":1000,\"n\":4}");
    assertThat(request.withMaxOutputTokens(256).maxOutputTokens()).hasValue(64);
    assertThat(request.withMaxOutputTokens(256).choices()).isEqualTo(4);
    assertThat(request.withMaxOutputTokens(2).maxOutputTokens()).hasValue(1);
  }

  @Test
  void noMoreAnswersAreAskedForThanTokens() {
    for (AiRequest request :
        List.of(
            openAi("{\"messages\":[],\"max_tokens\":1000,\"n\":128}"),
            openAi("{\"prompt\":\"x\",\"max_tokens\":1,\"n\":3,\"best_of\":128}"),
            gemini("{\"contents\":[],\"generationConfig\":{\"candidate_count\":100}}"))) {
      AiRequest smaller = request.withMaxOutputTokens(5);
      assertThat(smaller.choices()).isEqualTo(5);
      assertThat(smaller.maxOutputTokens()).hasValue(1);
      assertThat(smaller.estimate(BYTES, 4096).outputTokens()).isEqualTo(5);
    }
  }

  @Test
  void anthropicThinkingStaysBelowTheBound() {
    String body =
        "{\"messages\":[],\"max_tokens\":9000,"
            + "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":8000}}";
    AiRequest request = AiRequest.read(Protocol.ANTHROPIC, "/v1/messages", utf8(body));
    assertThat(body(request.withMaxOutputTokens(4000))).contains("\"budget_tokens\":3999");
    assertThat(body(request.withMaxOutputTokens(256))).doesNotContain("thinking");
    assertThat(body(request.withMaxOutputTokens(8500))).contains("\"budget_tokens\":8000");
  }

  @Test
  void geminiModelIsChangedInThePath() {
    AiRequest request = gemini("{\"contents\":[]}").withModel("gemini-2.5-flash");
    assertThat(request.path()).isEqualTo("/v1beta/models/gemini-2.5-flash:streamGenerateContent");
    assertThat(request.model()).isEqualTo("gemini-2.5-flash");
    assertThat(body(request)).isEqualTo("{\"contents\":[]}");
  }

  @Test
  void usageIsAskedForOnceAndOnlyOfStreams() {
    AiRequest stream = openAi("{\"messages\":[],\"stream\":true,\"stream_options\":{\"x\":1}}");
    assertThat(stream.asksForUsage()).isFalse();
    assertThat(body(stream.withUsageReported()))
        .endsWith("\"stream_options\":{\"x\":1,\"include_usage\":true}}");
    assertThat(stream.withUsageReported().asksForUsage()).isTrue();
    AiRequest single = openAi("{\"messages\":[]}");
    assertThat(single.withUsageReported()).isSameAs(single);
  }

  @Test
  void oldestExchangesGoAndSystemAndLastTurnStay() {
    AiRequest request =
        openAi(
            """
            {"messages":[
              {"role":"system","content":"SYS"},
              {"role":"user","content":"u1 %1$s"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",
                "function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"r1"},
              {"role":"assistant","content":"a1"},
              {"role":"developer","content":"DEV"},
              {"role":"user","content":"u2 %1$s"},
              {"role":"assistant","content":"a2"},
              {"role":"user","content":"u3"}]}
            """
                .formatted("x".repeat(100)));
    assertThat(body(request.withContext(200, BYTES)))
        .contains("SYS", "DEV", "u2", "a2", "u3")
        .doesNotContain("u1", "tool_calls", "r1", "a1");
    assertThat(body(request.withContext(50, BYTES)))
        .isEqualTo(
            "{\"messages\":[{\"role\":\"system\",\"content\":\"SYS\"},"
                + "{\"role\":\"developer\",\"content\":\"DEV\"},"
                + "{\"role\":\"user\",\"content\":\"u3\"}]}");
    assertThat(body(request.withContext(1, BYTES))).as("the least").contains("SYS", "u3");
    assertThat(request.withContext(1000, BYTES)).isSameAs(request);
  }

  @Test
  void callsAndResultsOfToolsAreNotTornApartInAnyProtocol() {
    String old = "x".repeat(200);
    String anthropic =
        """
        {"max_tokens":9,"messages":[{"role":"user","content":"%s"},{"role":"assistant","content":
        [{"type":"text","text":"old"}]},{"role":"user","content":"last"},{"role":"assistant",
        "content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":
        [{"type":"tool_result","tool_use_id":"t","content":"42"}]}]}
        """
            .formatted(old);
    assertThat(
            body(
                AiRequest.read(Protocol.ANTHROPIC, "/v1/messages", utf8(anthropic))
                    .withContext(40, BYTES)))
        .contains("last", "tool_use", "tool_result")
        .doesNotContain("old", old);
    String gemini =
        """
        {"contents":[{"role":"user","parts":[{"text":"%s"}]},{"role":"model","parts":[{"text":
        "old"}]},{"role":"user","parts":[{"text":"last"}]},{"role":"model","parts":[{"functionCall":
        {"name":"f","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f",
        "response":{}}}]}]}
        """
            .formatted(old);
    assertThat(body(gemini(gemini).withContext(40, BYTES)))
        .contains("last", "functionCall", "functionResponse")
        .doesNotContain("old", old);
    String responses =
        """
        {"input":[{"role":"user","content":"%s"},{"type":"function_call","call_id":"1","name":"g",
        "arguments":"{}"},{"type":"function_call_output","call_id":"1","output":"old"},
        {"role":"user","content":"last"}]}
        """
            .formatted(old);
    assertThat(body(openAi(responses).withContext(40, BYTES)))
        .isEqualTo("{\"input\":[{\"role\":\"user\",\"content\":\"last\"}]}");
  }

  @Test
  void keptTurnsFitTheContextWheneverTheyCan() {
    Seed seed = Seed.next();
    Random random = seed.random();
    for (int i = 0; i < 500; i++) {
      StringBuilder turns = new StringBuilder("{\"role\":\"system\",\"content\":\"s\"}");
      for (int turn = random.nextInt(20); turn >= 0; turn--) {
        String role = random.nextInt(3) == 0 ? "assistant" : "user";
        turns.append(",{\"role\":\"").append(role).append("\",\"content\":\"");
        turns.append("é".repeat(random.nextInt(300))).append("\"}");
      }
      AiRequest request =
          openAi("{\"messages\":[" + turns + ",{\"role\":\"user\",\"content\":\"!\"}]}");
      TokenCounter counter = new FactorCounter(250);
      long context = 20 + random.nextInt(2000);
      assertThat(request.withContext(context, counter).inputTokens(counter))
          .as("%s, step %d", seed, i)
          .isLessThanOrEqualTo(context);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}",
        "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"data\":\"AAAA\"}}",
        "{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AAAA\"}}"
      })
  void imagesCountAFlatNumberAndNotTheirBytes(String image) {
    AiRequest request = openAi("{\"messages\":[{\"role\":\"user\",\"content\":[" + image + "]}]}");
    assertThat(request.inputTokens(BYTES)).isBetween(1604L, 1700L);
  }

  @Test
  void noMoreExchangesGoThanMust() {
    String turn = "{\"role\":\"user\",\"content\":\"a turn of some words\"},";
    AiRequest request =
        openAi("{\"messages\":[" + turn.repeat(5000) + turn.substring(0, turn.length() - 1) + "]}");
    TokenCounter counter = new FactorCounter(130);
    assertThat(request.withContext(4000, counter).inputTokens(counter)).isBetween(3980L, 4000L);
  }

  @Test
  void documentsCountByTheirBytes() {
    AiRequest request =
        openAi(
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"document\",\"source\":"
                + "{\"type\":\"text\",\"media_type\":\"text/plain\",\"data\":\""
                + "x".repeat(50_000)
                + "\"}}]}]}");
    assertThat(request.inputTokens(BYTES)).isBetween(51_600L, 51_700L);
  }

  @Test
  void argumentsOfToolsCountAsTheyAreWritten() {
    AiRequest request =
        openAi(
            "{\"messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\","
                + "\"input\":{\"source\":\"1234567890\"}}]}]}");
    assertThat(request.inputTokens(BYTES)).isBetween(23L, 30L);
  }

  @Test
  void toolsAndSystemCountAsInput() {
    long without = openAi("{\"messages\":[]}").inputTokens(BYTES);
    long with =
        openAi(
                "{\"messages\":[],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}")
            .inputTokens(BYTES);
    assertThat(with - without).isGreaterThan(40);
  }

  private static AiRequest embeddings(String input, String path) {
    String body = "{\"model\":\"text-embedding-3-small\",\"input\":" + input + "}";
    return AiRequest.read(Protocol.OPENAI, path, utf8(body));
  }

  @Test
  void embeddingsAreInputAloneAndStayAsTheyAre() {
    for (AiRequest request :
        List.of(
            embeddings("[\"one\",\"two\"]", "/v1/embed"),
            embeddings("[\"one\",\"two\"]", "/v1/embeddings"),
            embeddings("\"one two\"", "/v1/embeddings"))) {
      assertThat(request.estimate(BYTES, 4096)).isEqualTo(new Estimate(8, 0));
      assertThat(request.withMaxOutputTokens(5)).isSameAs(request);
      assertThat(request.withUsageReported()).isSameAs(request);
      assertThat(request.streams()).isFalse();
    }
    assertThat(embeddings("[[1,2,3],[4]]", "/v1/x").inputTokens(BYTES)).isEqualTo(4);
    assertThat(embeddings("\"one\"", "/v1/x").estimate(BYTES, 7).outputTokens())
        .as("may be a conversation")
        .isEqualTo(7);
    assertThat(embeddings("\"one\"", "/v1/responses").estimate(BYTES, 7).outputTokens())
        .isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"one\",{}]", "[7,{}]"})
  void aConversationWithOtherThanObjectsIsRefused(String input) {
    assertThatThrownBy(() -> embeddings(input, "/v1/x")).isInstanceOf(BadRequestException.class);
  }

  @Test
  void tokensThatAreWrittenAsNumbersCount() {
    assertThat(openAi("{\"prompt\":[1,2,3]}").inputTokens(BYTES)).isEqualTo(3);
    assertThat(openAi("{\"prompt\":[[1,2,3],[4,5]]}").inputTokens(BYTES)).isEqualTo(5);
    assertThat(ollama("{\"prompt\":\"Hi\",\"context\":[5,6,7]}").inputTokens(BYTES))
        .isEqualTo(3 + 3);
  }

  @Test
  void schemasOfAnswersCountAsInput() {
    String schema = "{\"type\":\"object\",\"description\":\"" + "x".repeat(900) + "\"}";
    String chat =
        "{\"messages\":[],\"response_format\":{\"type\":\"json_schema\",\"json_schema\":%s}}";
    String responses = "{\"input\":\"x\",\"text\":{\"format\":{\"schema\":%s}}}";
    assertThat(openAi(chat.formatted(schema)).inputTokens(BYTES)).isGreaterThan(900);
    assertThat(openAi(responses.formatted(schema)).inputTokens(BYTES)).isGreaterThan(900);
    assertThat(ollama("{\"prompt\":\"x\",\"format\":%s}".formatted(schema)).inputTokens(BYTES))
        .isGreaterThan(900);
    for (String key : List.of("responseSchema", "response_schema", "responseJsonSchema")) {
      String body = "{\"contents\":[],\"generationConfig\":{\"%s\":%s}}".formatted(key, schema);
      assertThat(gemini(body).inputTokens(BYTES)).as(key).isGreaterThan(900);
    }
    String anthropic =
        "{\"messages\":[],\"max_tokens\":9,\"output_config\":{\"format\":%s}}".formatted(schema);
    assertThat(
            AiRequest.read(Protocol.ANTHROPIC, "/v1/messages", utf8(anthropic)).inputTokens(BYTES))
        .isGreaterThan(900);
  }

  @Test
  void noTokenizerFindsMoreTokensThanBytes() {
    AiRequest request =
        openAi("{\"messages\":[{\"role\":\"user\",\"content\":\"中文 and ünïcode\"}]}");
    assertThat(request.mostInputTokens()).isEqualTo(6 + 5 + 9 + 1 + 4);
    assertThat(request.mostInputTokens())
        .isGreaterThanOrEqualTo(request.inputTokens(new FactorCounter(300)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "OPENAI|{\"service_tier\":\"priority\"}|SERVICE_TIER",
        "OPENAI|{\"service_tier\":7}|SERVICE_TIER",
        "OPENAI|{\"service_tier\":\"flex\"}|",
        "OPENAI|{\"service_tier\":null}|",
        "ANTHROPIC|{\"speed\":\"fast\"}|SERVICE_TIER",
        "ANTHROPIC|{\"inference_geo\":\"us\"}|SERVICE_TIER",
        "ANTHROPIC|{\"service_tier\":\"standard_only\"}|",
        "GEMINI|{\"serviceTier\":\"PRIORITY\"}|SERVICE_TIER",
        "OPENAI|{\"tools\":[{\"type\":\"function\"},{\"type\":\"web_search\"}]}|HOSTED_TOOLS",
        "OPENAI|{\"tools\":{\"type\":\"web_search\"}}|HOSTED_TOOLS",
        "OPENAI|{\"tools\":[\"web_search\"]}|HOSTED_TOOLS",
        "OPENAI|{\"tools\":[{\"type\":\"function\"},{\"type\":\"custom\"}]}|",
        "OPENAI|{\"web_search_options\":{}}|HOSTED_TOOLS",
        "OPENAI|{\"plugins\":[{\"id\":\"web\"}]}|HOSTED_TOOLS",
        "OPENAI|{\"plugins\":[]}|",
        "OPENAI|{\"model\":\"openai/gpt-5:online\"}|HOSTED_TOOLS",
        "OPENAI|{\"model\":\"gpt-4o-search-preview\"}|HOSTED_TOOLS",
        "ANTHROPIC|{\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]}|HOSTED_TOOLS",
        "ANTHROPIC|{\"tools\":[{\"name\":\"f\",\"input_schema\":{}},{\"type\":\"bash_20250124\"}]}|",
        "GEMINI|{\"tools\":[{\"functionDeclarations\":[]}]}|",
        "GEMINI|{\"tools\":[{\"functionDeclarations\":[],\"googleSearch\":{}}]}|HOSTED_TOOLS",
        "OPENAI|{\"modalities\":[\"text\",\"audio\"]}|MODALITIES",
        "OPENAI|{\"modalities\":[\"text\"]}|",
        "GEMINI|{\"generationConfig\":{\"responseModalities\":[\"IMAGE\"]}}|MODALITIES",
        "GEMINI|{\"generation_config\":{\"response_modalities\":[\"TEXT\"]}}|",
        "OPENAI|{\"previous_response_id\":\"resp_1\"}|STORED_INPUT",
        "OPENAI|{\"conversation\":{\"id\":\"conv_1\"}}|STORED_INPUT",
        "OPENAI|{\"prompt\":{\"id\":\"pmpt_1\"}}|STORED_INPUT",
        "GEMINI|{\"cachedContent\":\"cachedContents/1\"}|STORED_INPUT",
        "OPENAI|{\"background\":true}|BACKGROUND",
        "OPENAI|{\"background\":false}|",
        "OPENAI|{\"models\":[\"cheap\",\"dear\"]}|FALLBACKS",
      })
  void whatTokensDoNotPayIsTold(Protocol protocol, String more, Extra extra) {
    String prompt = protocol == Protocol.GEMINI ? "\"contents\":[]" : "\"messages\":[]";
    String body = "{" + prompt + "," + more.substring(1);
    AiRequest request = AiRequest.read(protocol, "/v1/models/m:generateContent", utf8(body));
    assertThat(request.extras().keySet()).isEqualTo(extra == null ? Set.of() : Set.of(extra));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"A\"}}|MODALITIES",
        "{\"inlineData\":{\"mimeType\":\"audio/mp3\",\"data\":\"A\"}}|MODALITIES",
        "{\"fileData\":{\"mimeType\":\"video/mp4\",\"fileUri\":\"u\"}}|STORED_INPUT",
        "{\"fileData\":{\"mimeType\":\"image/png\",\"fileUri\":\"u\"}}|",
        "{\"type\":\"file\",\"file\":{\"file_id\":\"f\"}}|STORED_INPUT",
        "{\"type\":\"input_file\",\"file_url\":\"u\"}|STORED_INPUT",
        "{\"type\":\"input_image\",\"file_id\":\"f\"}|",
        "{\"type\":\"image\",\"source\":{\"type\":\"url\",\"url\":\"u\"}}|",
        "{\"type\":\"document\",\"source\":{\"type\":\"url\",\"url\":\"u\"}}|STORED_INPUT",
        "{\"type\":\"tool_use\",\"input\":{\"file_id\":\"f\",\"source\":{\"type\":\"url\"}}}|",
        "{\"functionCall\":{\"args\":{\"file_id\":\"f\"}}}|",
      })
  void extrasOfTurnsAreTold(String block, Extra extra) {
    AiRequest request = openAi("{\"messages\":[{\"role\":\"user\",\"content\":[" + block + "]}]}");
    assertThat(request.extras().keySet()).isEqualTo(extra == null ? Set.of() : Set.of(extra));
  }

  @Test
  void inputThatIsNotShownIsReckonedWith() {
    AiRequest request = openAi("{\"input\":\"x\",\"previous_response_id\":\"resp_1\"}");
    assertThat(request.inputTokens(BYTES)).isEqualTo(32_002);
    assertThat(request.extras()).containsValue("previous_response_id = \"resp_1\"");
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o, '', false",
    "openai/gpt-4.1-mini, '', false",
    "gpt-3.5-turbo, '', false",
    "gpt-5-mini, '', true",
    "o3, '', true",
    "claude-3-5-haiku-latest, '', false",
    "claude-sonnet-4-5, '', false",
    "'claude-sonnet-4-5', '\"thinking\":{\"type\":\"enabled\"},', true",
    "claude-3-7-sonnet-latest, '\"thinking\":{\"type\":\"enabled\"},', true",
    "gemini-2.0-flash, '', false",
    "gemini-2.0-flash-thinking-exp, '', true",
    "gemini-2.5-flash, '', true",
    "llama3.2, '', false",
    "llama-3.1-nemotron-ultra, '', true",
    "deepseek-v4-pro, '', true",
    "unheard-of, '', true",
    "'', '', true"
  })
  void aModelThatIsNotKnownMayReason(String model, String more, boolean may) {
    AiRequest request = openAi("{" + more + "\"model\":\"" + model + "\",\"messages\":[]}");
    assertThat(request.mayReason()).isEqualTo(may);
  }
}
