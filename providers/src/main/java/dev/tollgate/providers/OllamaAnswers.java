package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.Usage;
import dev.tollgate.providers.Tally.Count;

/** {@code /api/chat} and {@code /api/generate}. The count of a cached prompt may be left out. */
final class OllamaAnswers implements AnswerDialect {

  private String createdAt = "";
  private boolean chat;

  @Override
  public void read(JsonNode message, Tally tally) {
    tally.model(message.path("model"));
    createdAt = message.path("created_at").asText(createdAt);
    chat |= message.has("message");
    tally.produced(Json.first(message, "message", "response"));
    tally.produced(message.path("thinking"));
    tally.count(Count.INPUT, message.path("prompt_eval_count"));
    tally.count(Count.OUTPUT, message.path("eval_count"));
    if (message.path("done").asBoolean()) {
      tally.finished(message.path("done_reason"));
      tally.usageIsFinal();
      tally.complete();
    }
  }

  @Override
  public String ending(String model, Usage spent, boolean withUsage) {
    ObjectNode last = JsonNodeFactory.instance.objectNode();
    last.put("model", model).put("created_at", createdAt);
    if (chat) {
      last.putObject("message").put("role", "assistant").put("content", "");
    } else {
      last.put("response", "");
    }
    last.put("done", true).put("done_reason", "length");
    last.put("prompt_eval_count", spent.inputTokens()).put("eval_count", spent.outputTokens());
    return last + "\n";
  }
}
