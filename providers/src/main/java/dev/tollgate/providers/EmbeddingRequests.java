package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Embeddings, in OpenAI's form: texts, or tokens as numbers, and no output. Their {@code input} is
 * also the name that Responses has for a conversation.
 */
final class EmbeddingRequests implements RequestDialect {

  /**
   * Whether a request is one: by its path, or because its input is a list of texts or numbers,
   * which no conversation is. A text alone is taken for a conversation, which can cost more.
   */
  static boolean include(ObjectNode body, String path) {
    JsonNode input = body.path("input");
    if (input.isMissingNode() || body.hasNonNull("messages") || path.endsWith("/responses")) {
      return false;
    }
    return path.endsWith("/embeddings") || (!input.isEmpty() && hasNoObject(input));
  }

  private static boolean hasNoObject(JsonNode list) {
    for (JsonNode element : list) {
      if (element.isObject()) {
        return false;
      }
    }
    return list.isArray();
  }

  @Override
  public OptionalLong maxOutputTokens(ObjectNode body) {
    return OptionalLong.of(0);
  }

  @Override
  public void setMaxOutputTokens(ObjectNode body, long tokens) {}

  @Override
  public Optional<ArrayNode> turns(ObjectNode body) {
    return Optional.empty();
  }

  @Override
  public Part part(JsonNode turn) {
    return Part.USER;
  }

  @Override
  public List<String> promptFields() {
    return List.of("input");
  }
}
