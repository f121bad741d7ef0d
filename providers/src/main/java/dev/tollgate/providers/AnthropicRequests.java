package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Messages. The results of tools come in turns of the user. */
final class AnthropicRequests implements RequestDialect {

  private static final long MIN_THINKING = 1024;

  @Override
  public OptionalLong maxOutputTokens(ObjectNode body) {
    return RequestDialect.tokens(body, "max_tokens");
  }

  /** Thinking must have less than all output: it is shortened, or left out. */
  @Override
  public void setMaxOutputTokens(ObjectNode body, long tokens) {
    body.put("max_tokens", tokens);
    boolean tooLong = body.path("thinking").path("budget_tokens").asLong() >= tokens;
    if (tooLong && tokens > MIN_THINKING) {
      body.withObject("/thinking").put("budget_tokens", tokens - 1);
    } else if (tooLong) {
      body.remove("thinking");
    }
  }

  @Override
  public Optional<ArrayNode> turns(ObjectNode body) {
    return Fields.objects(body, "messages");
  }

  @Override
  public Part part(JsonNode turn) {
    return RequestDialect.has(turn.path("content"), "tool_result")
        ? Part.REPLY
        : RequestDialect.partOfRole(turn);
  }

  @Override
  public List<String> promptFields() {
    return List.of("system", "tools");
  }

  @Override
  public List<JsonNode> schemas(ObjectNode body) {
    return List.of(body.path("output_format"), body.path("output_config").path("format"));
  }
}
