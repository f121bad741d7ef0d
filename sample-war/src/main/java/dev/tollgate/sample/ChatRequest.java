package dev.tollgate.sample;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Call;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * What a caller asks.
 *
 * @param prompt not blank
 * @param maxTokens the longest answer: 1 to {@link #MAX_TOKENS}
 * @param model the model's name
 */
record ChatRequest(String prompt, int maxTokens, String model) {

  static final int MAX_TOKENS = 32_768;
  static final int DEFAULT_MAX_TOKENS = 1024;

  private static final Pattern MODEL =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@+-]{0," + (Call.MAX_MODEL_LENGTH - 1) + "}");

  /**
   * Reads the body of a request.
   *
   * @param defaultModel the model of a request that names none
   * @throws HttpProblem when the body is not what it should be
   */
  static ChatRequest read(HttpServletRequest request, String defaultModel) throws HttpProblem {
    return parse(JsonBody.read(request), defaultModel);
  }

  /**
   * Reads {@code {"prompt", "maxTokens"?, "model"?}}. Other fields are left alone; {@code null} is
   * as good as missing.
   *
   * @throws HttpProblem when the body is not what it should be
   */
  static ChatRequest parse(byte[] body, String defaultModel) throws HttpProblem {
    JsonNode json = json(body);
    return new ChatRequest(
        prompt(json.path("prompt")),
        maxTokens(json.path("maxTokens")),
        model(json.path("model"), defaultModel));
  }

  private static JsonNode json(byte[] body) throws HttpProblem {
    JsonNode json;
    try {
      json = Json.read(body);
    } catch (IOException malformed) {
      throw HttpProblem.badRequest(
          "the body is no JSON that can be read: send one object with distinct names and at most "
              + Json.MAX_DEPTH
              + " levels");
    }
    if (!json.isObject()) {
      throw HttpProblem.badRequest("the body must be a JSON object such as {\"prompt\":\"Hello\"}");
    }
    return json;
  }

  private static String prompt(JsonNode value) throws HttpProblem {
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw HttpProblem.badRequest("prompt must be a string that is not blank");
    }
    String prompt = value.textValue();
    if (prompt.codePoints().anyMatch(ChatRequest::isHalfCharacter)) {
      throw HttpProblem.badRequest("prompt has half a surrogate pair: send whole characters");
    }
    return prompt;
  }

  private static boolean isHalfCharacter(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }

  private static int maxTokens(JsonNode value) throws HttpProblem {
    if (isMissing(value)) {
      return DEFAULT_MAX_TOKENS;
    }
    boolean valid = value.isIntegralNumber() && value.canConvertToInt();
    if (!valid || value.intValue() < 1 || value.intValue() > MAX_TOKENS) {
      throw HttpProblem.badRequest("maxTokens must be a whole number from 1 to " + MAX_TOKENS);
    }
    return value.intValue();
  }

  private static String model(JsonNode value, String defaultModel) throws HttpProblem {
    if (isMissing(value)) {
      return defaultModel;
    }
    if (!value.isTextual() || !isModel(value.textValue())) {
      throw HttpProblem.badRequest(
          "model must be a name of 1 to "
              + Call.MAX_MODEL_LENGTH
              + " letters, digits and . _ : / @ + -");
    }
    return value.textValue();
  }

  static boolean isModel(String name) {
    return MODEL.matcher(name).matches();
  }

  private static boolean isMissing(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }
}
