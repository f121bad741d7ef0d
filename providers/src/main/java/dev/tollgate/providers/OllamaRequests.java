package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.Usage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code /api/chat}, and {@code /api/generate}, which has {@code prompt}. They stream by default.
 */
final class OllamaRequests implements RequestDialect {

  private static final String BOUND = "num_predict";

  /** Ollama's own sign that the answer may fill the context. */
  private static final long FILL_CONTEXT = -2;

  @Override
  public boolean streams(ObjectNode body, String path) {
    return Fields.flag(body, "stream", true);
  }

  @Override
  public OptionalLong maxOutputTokens(ObjectNode body) {
    Optional<ObjectNode> options = Fields.object(body, "options");
    if (options.isEmpty()) {
      return OptionalLong.empty();
    }
    OptionalLong bound = Fields.number(options.get(), BOUND, FILL_CONTEXT, Usage.MAX_TOKENS);
    return bound.isPresent() && bound.getAsLong() >= 0 ? bound : OptionalLong.empty();
  }

  @Override
  public void setMaxOutputTokens(ObjectNode body, long tokens) {
    Fields.object(body, "options").orElseGet(() -> body.putObject("options")).put(BOUND, tokens);
  }

  @Override
  public Optional<ArrayNode> turns(ObjectNode body) {
    return Fields.objects(body, "messages");
  }

  @Override
  public Part part(JsonNode turn) {
    return RequestDialect.partOfRole(turn);
  }

  @Override
  public List<String> promptFields() {
    return List.of("prompt", "suffix", "system", "template", "tools", "context");
  }

  @Override
  public List<JsonNode> schemas(ObjectNode body) {
    return List.of(body.path("format"));
  }
}
