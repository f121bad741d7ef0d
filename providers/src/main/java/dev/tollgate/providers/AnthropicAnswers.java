package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.Usage;
import dev.tollgate.providers.Tally.Count;
import java.util.Set;
import java.util.TreeSet;

/**
 * Messages. {@code input_tokens} leaves out what caches read and wrote; a stream tells the input in
 * {@code message_start} and the cumulative usage in {@code message_delta}.
 */
final class AnthropicAnswers implements AnswerDialect {

  private static final int MAX_BLOCKS = 1000;

  private final Set<Integer> openBlocks = new TreeSet<>();

  @Override
  public void read(JsonNode message, Tally tally) {
    switch (message.path("type").asText()) {
      case "message_start" -> {
        tally.model(message.path("message").path("model"));
        usage(message.path("message").path("usage"), tally);
      }
      case "content_block_start" -> {
        tally.produced(message.path("content_block"));
        if (openBlocks.size() < MAX_BLOCKS) {
          openBlocks.add(message.path("index").asInt());
        }
      }
      case "content_block_delta" -> tally.produced(message.path("delta"));
      case "content_block_stop" -> openBlocks.remove(message.path("index").asInt());
      case "message_delta" -> end(message, message.path("delta"), tally);
      case "message_stop" -> tally.complete();
      case "message" -> {
        tally.model(message.path("model"));
        tally.produced(message.path("content"));
        end(message, message, tally);
        tally.complete();
      }
      default -> {}
    }
  }

  private static void end(JsonNode message, JsonNode reason, Tally tally) {
    tally.finished(reason.path("stop_reason"));
    JsonNode usage = message.path("usage");
    usage(usage, tally);
    if (Json.tokens(usage.path("output_tokens")).isPresent()) {
      tally.usageIsFinal();
    }
  }

  private static void usage(JsonNode usage, Tally tally) {
    tally.count(Count.UNCACHED, usage.path("input_tokens"));
    tally.count(Count.CACHE_READ, usage.path("cache_read_input_tokens"));
    tally.count(Count.CACHE_WRITE, usage.path("cache_creation_input_tokens"));
    tally.count(
        Count.HOUR_CACHE_WRITE, usage.path("cache_creation").path("ephemeral_1h_input_tokens"));
    tally.count(Count.OUTPUT, usage.path("output_tokens"));
    tally.count(Count.REASONING, usage.path("output_tokens_details").path("thinking_tokens"));
  }

  @Override
  public String ending(String model, Usage spent, boolean withUsage) {
    StringBuilder events = new StringBuilder();
    for (int index : openBlocks) {
      append(events, event("content_block_stop").put("index", index));
    }
    ObjectNode delta = event("message_delta");
    delta.putObject("delta").put("stop_reason", "max_tokens").putNull("stop_sequence");
    delta.putObject("usage").put("output_tokens", spent.outputTokens());
    append(events, delta);
    append(events, event("message_stop"));
    return events.toString();
  }

  private static ObjectNode event(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  private static void append(StringBuilder events, ObjectNode event) {
    String type = event.path("type").asText();
    events.append("event: ").append(type).append("\ndata: ").append(event).append("\n\n");
  }
}
