package dev.tollgate.sample;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/**
 * What a provider is asked, read from its own language.
 *
 * @param model the model's name
 * @param prompt what is answered: the text of the last message
 * @param inputTokens the tokens of all messages
 * @param maxTokens the most tokens of each answer: 1 to {@link #MAX_TOKENS}
 * @param choices how many answers: 1 to {@link #MAX_CHOICES}
 * @param stream whether the answer comes in pieces
 * @param showUsage whether a stream ends with its usage
 */
record SimulatedRequest(
    String model,
    String prompt,
    long inputTokens,
    int maxTokens,
    int choices,
    boolean stream,
    boolean showUsage) {

  static final int MAX_TOKENS = 128_000;
  static final int MAX_CHOICES = 8;

  /**
   * Reads a request.
   *
   * @throws HttpProblem when the provider would not accept it
   */
  static SimulatedRequest read(ProviderRequest request) throws HttpProblem {
    JsonNode json = json(request.body());
    return switch (request.dialect()) {
      case OPENAI -> openAi(json);
      case ANTHROPIC -> anthropic(json);
    };
  }

  private static SimulatedRequest openAi(JsonNode json) throws HttpProblem {
    boolean named = !isMissing(json.path("max_completion_tokens"));
    String field = named ? "max_completion_tokens" : "max_tokens";
    return new SimulatedRequest(
        model(json),
        lastText(json),
        SimulatedModel.tokens(allText(json.path("messages"))),
        isMissing(json.path(field)) ? MAX_TOKENS : number(json, field, MAX_TOKENS),
        isMissing(json.path("n")) ? 1 : number(json, "n", MAX_CHOICES),
        json.path("stream").asBoolean(),
        json.path("stream_options").path("include_usage").asBoolean());
  }

  private static SimulatedRequest anthropic(JsonNode json) throws HttpProblem {
    return new SimulatedRequest(
        model(json),
        lastText(json),
        SimulatedModel.tokens(text(json.path("system")) + allText(json.path("messages"))),
        number(json, "max_tokens", MAX_TOKENS),
        1,
        json.path("stream").asBoolean(),
        true);
  }

  private static JsonNode json(byte[] body) throws HttpProblem {
    try {
      return Json.read(body);
    } catch (IOException malformed) {
      throw HttpProblem.badRequest("the body is no JSON that can be read");
    }
  }

  private static String model(JsonNode json) throws HttpProblem {
    String model = json.path("model").asText();
    if (!ChatRequest.isModel(model)) {
      throw HttpProblem.badRequest("model must be the name of a model");
    }
    return model;
  }

  private static int number(JsonNode json, String field, int max) throws HttpProblem {
    JsonNode value = json.path(field);
    boolean valid = value.isIntegralNumber() && value.canConvertToInt();
    if (!valid || value.intValue() < 1 || value.intValue() > max) {
      throw HttpProblem.badRequest(field + " must be a whole number from 1 to " + max);
    }
    return value.intValue();
  }

  private static String lastText(JsonNode json) throws HttpProblem {
    JsonNode messages = json.path("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      throw HttpProblem.badRequest("messages must be an array with one message or more");
    }
    return text(messages.path(messages.size() - 1).path("content"));
  }

  private static String allText(JsonNode messages) {
    StringBuilder all = new StringBuilder();
    messages.forEach(message -> all.append(text(message.path("content"))));
    return all.toString();
  }

  /** The text of a content that is a string, or an array of parts of which some have a text. */
  private static String text(JsonNode content) {
    if (content.isTextual()) {
      return content.textValue();
    }
    StringBuilder text = new StringBuilder();
    content.forEach(part -> text.append(part.path("text").asText()));
    return text.toString();
  }

  private static boolean isMissing(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }
}
