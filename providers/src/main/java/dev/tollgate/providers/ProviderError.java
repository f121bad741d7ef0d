package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/** The words in which providers tell errors: an object {@code error} with a message. */
public final class ProviderError {

  /** A longer body is no error of a provider, and not read. */
  public static final int MAX_BODY_BYTES = 1 << 16;

  private ProviderError() {}

  /** Whether the body of an answer is a provider's error. Ollama's is a text and nothing else. */
  public static boolean isIn(byte[] body) {
    JsonNode root = root(body);
    JsonNode error = root.path("error");
    return isTold(error) || (error.isTextual() && root.size() == 1);
  }

  /** Whether an error says what happened, as those of all providers do. */
  static boolean isTold(JsonNode error) {
    return error.path("message").isTextual() && !error.path("message").textValue().isBlank();
  }

  /** The body, missing if it is none of a provider; Gemini's streams tell errors in a list. */
  static JsonNode root(byte[] body) {
    if (body.length > MAX_BODY_BYTES) {
      return MissingNode.getInstance();
    }
    JsonNode read = Json.lenient(body, 0, body.length);
    return read.isArray() ? read.path(0) : read;
  }
}
