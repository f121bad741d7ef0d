package dev.tollgate.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestTest {

  @Test
  void readsWhatIsThere() throws HttpProblem {
    assertThat(parse("{\"prompt\":\"Hello\",\"maxTokens\":7,\"model\":\"gpt-5\"}"))
        .isEqualTo(new ChatRequest("Hello", 7, "gpt-5"));
  }

  @Test
  void hasDefaultsForTheRestAndLeavesUnknownFieldsAlone() throws HttpProblem {
    ChatRequest expected = new ChatRequest("Hello", 1024, "standard");
    assertThat(parse("{\"prompt\":\"Hello\"}")).isEqualTo(expected);
    assertThat(parse("{\"prompt\":\"Hello\",\"maxTokens\":null,\"model\":null,\"x\":[{}]}"))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 32_768})
  void takesMaxTokensFromOneTo32768(int maxTokens) throws HttpProblem {
    assertThat(parse("{\"prompt\":\"Hello\",\"maxTokens\":" + maxTokens + "}").maxTokens())
        .isEqualTo(maxTokens);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "32769",
        "2147483648",
        "99999999999999999999",
        "1e400",
        "1.0",
        "1.5",
        "1e2",
        "\"7\"",
        "true",
        "[7]",
        "{}"
      })
  void refusesOtherMaxTokens(String maxTokens) {
    assertProblem(
        400,
        "{\"prompt\":\"Hello\",\"maxTokens\":" + maxTokens + "}",
        "maxTokens must be a whole number from 1 to 32768");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"prompt\":null}",
        "{\"prompt\":\"\"}",
        "{\"prompt\":\" \\n\\t\"}",
        "{\"prompt\":7}",
        "{\"prompt\":[\"Hello\"]}",
        "{\"prompt\":{}}",
        "{\"Prompt\":\"Hello\"}"
      })
  void refusesBodiesWithoutAPrompt(String body) {
    assertProblem(400, body, "prompt must be a string that is not blank");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "a\\udc00b", "\\udc00\\ud800"})
  void refusesHalfCharacters(String prompt) {
    assertProblem(
        400,
        "{\"prompt\":\"" + prompt + "\"}",
        "prompt has half a surrogate pair: send whole characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "7", "\"a b\"", "\"-a\"", "\"a\\u0000\"", "\"é\"", "[\"gpt-5\"]"})
  void refusesOtherNamesOfModels(String model) {
    assertProblem(
        400,
        "{\"prompt\":\"Hello\",\"model\":" + model + "}",
        "model must be a name of 1 to 128 letters, digits and . _ : / @ + -");
  }

  @ParameterizedTest
  @CsvSource({"128, true", "129, false"})
  void takesNamesOfModelsOf128Characters(int length, boolean taken) {
    assertThat(ChatRequest.isModel("m".repeat(length))).isEqualTo(taken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"Hello\"", "7", "null", "true", "", " "})
  void refusesWhatIsNoObject(String body) {
    assertProblem(400, body, "the body must be a JSON object such as {\"prompt\":\"Hello\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Hello",
        "{",
        "{\"prompt\":\"Hello\"",
        "{'prompt':'Hello'}",
        "{\"prompt\":\"Hello\"}{}",
        "{\"prompt\":\"Hello\"} trailing",
        "{\"prompt\":\"Hello\",\"prompt\":\"again\"}",
        "{\"prompt\":\"Hello\",\"x\":{\"a\":1,\"a\":2}}",
        "{\"prompt\":\"Hello\",\"maxTokens\":NaN}",
        "{\"prompt\":\"tab\tinside\"}",
        "prompt=Hello"
      })
  void refusesWhatIsNoJson(String body) {
    assertProblem(400, body, NO_JSON);
  }

  @Test
  void refusesMoreThan64Levels() throws HttpProblem {
    assertThat(parse(nested(63)).prompt()).isEqualTo("Hello");
    assertProblem(400, nested(64), NO_JSON);
    assertProblem(400, nested(100_000), NO_JSON);
  }

  @Test
  void refusesBytesThatAreNoUtf8() {
    byte[] body = "{\"prompt\":\"Hello_\"}".getBytes(StandardCharsets.ISO_8859_1);
    body[16] = (byte) 0xff;
    assertThatThrownBy(() -> ChatRequest.parse(body, "standard"))
        .isInstanceOf(HttpProblem.class)
        .hasMessage(NO_JSON);
  }

  private static final String NO_JSON =
      "the body is no JSON that can be read: send one object with distinct names and at most 64"
          + " levels";

  /** A body with so many arrays within its object. */
  private static String nested(int arrays) {
    return "{\"prompt\":\"Hello\",\"x\":" + "[".repeat(arrays) + "]".repeat(arrays) + "}";
  }

  private static void assertProblem(int status, String body, String detail) {
    assertThatExceptionOfType(HttpProblem.class)
        .isThrownBy(() -> parse(body))
        .withMessage(detail)
        .satisfies(problem -> assertThat(problem.status()).isEqualTo(status));
  }

  private static ChatRequest parse(String body) throws HttpProblem {
    return ChatRequest.parse(body.getBytes(StandardCharsets.UTF_8), "standard");
  }
}
