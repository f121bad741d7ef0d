package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.Usage;
import dev.tollgate.providers.Tally.Count;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Chat completions, Responses and embeddings. Input includes what caches gave; a stream of chat
 * completions tells usage in a last chunk without choices, and only if it was asked to.
 */
final class OpenAiAnswers implements AnswerDialect {

  private static final int MAX_CHOICES = 128;

  /** Whether each choice of a stream has ended. */
  private final Map<Integer, Boolean> choices = new TreeMap<>();

  private String id = "";
  private long created;
  private boolean responses;
  private long sequence;

  @Override
  public void read(JsonNode message, Tally tally) {
    String type = message.path("type").asText();
    if (type.startsWith("response.")) {
      readEvent(type, message, tally);
    } else if (message.path("object").asText().equals("response")) {
      readResponse(message, tally);
    } else if (message.path("object").asText().equals("list")) {
      readEmbeddings(message, tally);
    } else {
      readCompletion(message, tally);
    }
  }

  private void readEvent(String type, JsonNode event, Tally tally) {
    responses = true;
    sequence = event.path("sequence_number").asLong(sequence);
    if (type.endsWith(".delta")) {
      tally.produced(event.path("delta"));
    }
    JsonNode response = event.path("response");
    id = response.path("id").asText(id);
    created = response.path("created_at").asLong(created);
    tally.model(response.path("model"));
    usage(response.path("usage"), tally);
    switch (type) {
      case "response.completed", "response.incomplete", "response.failed" -> end(response, tally);
      default -> {}
    }
  }

  private void readResponse(JsonNode response, Tally tally) {
    tally.model(response.path("model"));
    response.path("output").forEach(item -> tally.produced(item.path("content")));
    usage(response.path("usage"), tally);
    end(response, tally);
  }

  private static void end(JsonNode response, Tally tally) {
    tally.finished(response.path("status"));
    tally.finished(response.path("incomplete_details").path("reason"));
    tally.usageIsFinal();
    tally.complete();
  }

  /** Vectors are no output. */
  private static void readEmbeddings(JsonNode list, Tally tally) {
    tally.model(list.path("model"));
    usage(list.path("usage"), tally);
    if (tally.isCounted(Count.INPUT)) {
      tally.count(Count.OUTPUT, 0);
      tally.usageIsFinal();
    }
    tally.complete();
  }

  private void readCompletion(JsonNode message, Tally tally) {
    id = message.path("id").asText(id);
    created = message.path("created").asLong(created);
    tally.model(message.path("model"));
    message.path("choices").forEach(choice -> readChoice(choice, tally));
    JsonNode usage =
        Json.first(message, "usage").isObject() ? message.path("usage") : groq(message);
    if (usage.isObject()) {
      usage(usage, tally);
      if (tally.isFinished() || message.path("choices").isEmpty()) {
        tally.usageIsFinal();
      }
    }
    if (!message.path("object").asText().endsWith(".chunk") && tally.isFinished()) {
      tally.complete();
    }
  }

  private static JsonNode groq(JsonNode message) {
    return message.path("x_groq").path("usage");
  }

  private void readChoice(JsonNode choice, Tally tally) {
    tally.produced(Json.first(choice, "delta", "message", "text"));
    JsonNode reason = choice.path("finish_reason");
    tally.finished(reason);
    int index = choice.path("index").asInt();
    if (index >= 0 && index < MAX_CHOICES) {
      choices.merge(index, reason.isTextual(), Boolean::logicalOr);
    }
  }

  private static void usage(JsonNode usage, Tally tally) {
    JsonNode inputs = Json.first(usage, "prompt_tokens_details", "input_tokens_details");
    JsonNode outputs = Json.first(usage, "completion_tokens_details", "output_tokens_details");
    tally.count(Count.INPUT, Json.first(usage, "prompt_tokens", "input_tokens"));
    tally.count(Count.CACHE_READ, inputs.path("cached_tokens"));
    tally.count(Count.CACHE_READ, Json.first(usage, "cached_tokens", "prompt_cache_hit_tokens"));
    tally.count(Count.CACHE_WRITE, inputs.path("cache_write_tokens"));
    tally.count(Count.REASONING, outputs.path("reasoning_tokens"));
    cost(usage, tally);
    output(usage, Json.tokens(outputs.path("reasoning_tokens")), tally);
  }

  /**
   * What OpenRouter charges; with a key of one's own for the model's maker, the maker's charge
   * comes on top.
   */
  private static void cost(JsonNode usage, Tally tally) {
    Optional<BigDecimal> own = Json.decimal(usage.path("cost"));
    Optional<BigDecimal> makers =
        usage.path("is_byok").asBoolean()
            ? Json.decimal(usage.path("cost_details").path("upstream_inference_cost"))
            : Optional.empty();
    own.ifPresent(usd -> tally.cost(usd.add(makers.orElse(BigDecimal.ZERO))));
  }

  /** Output includes reasoning, but for servers whose own total says that it does not. */
  private static void output(JsonNode usage, OptionalLong reasoning, Tally tally) {
    OptionalLong told = Json.tokens(Json.first(usage, "completion_tokens", "output_tokens"));
    if (told.isEmpty()) {
      return;
    }
    long output = told.getAsLong();
    long hidden = reasoning.orElse(0);
    long input = Json.tokens(Json.first(usage, "prompt_tokens", "input_tokens")).orElse(0);
    long total = Json.tokens(usage.path("total_tokens")).orElse(0);
    boolean excluded = hidden > output || total == input + output + hidden;
    tally.count(Count.OUTPUT, Math.min(Usage.MAX_TOKENS, excluded ? output + hidden : output));
  }

  @Override
  public boolean isUsageOnly(JsonNode message) {
    return message.path("choices").isArray()
        && message.path("choices").isEmpty()
        && message.path("usage").isObject();
  }

  @Override
  public String ending(String model, Usage spent, boolean withUsage) {
    return responses ? incompleteResponse(model, spent) : lastChunks(model, spent, withUsage);
  }

  private String lastChunks(String model, Usage spent, boolean withUsage) {
    if (choices.isEmpty()) {
      choices.put(0, false);
    }
    StringBuilder chunks = new StringBuilder();
    choices.forEach(
        (index, ended) -> {
          if (!ended) {
            ObjectNode chunk = chunk(model);
            ObjectNode choice = chunk.withArray("choices").addObject().put("index", index);
            choice.putObject("delta");
            choice.put("finish_reason", "length");
            chunks.append("data: ").append(chunk).append("\n\n");
          }
        });
    if (withUsage) {
      ObjectNode chunk = chunk(model);
      chunk
          .putObject("usage")
          .put("prompt_tokens", spent.inputTokens())
          .put("completion_tokens", spent.outputTokens())
          .put("total_tokens", spent.totalTokens());
      chunks.append("data: ").append(chunk).append("\n\n");
    }
    return chunks.append("data: [DONE]\n\n").toString();
  }

  private ObjectNode chunk(String model) {
    ObjectNode chunk = JsonNodeFactory.instance.objectNode();
    chunk.put("id", id).put("object", "chat.completion.chunk").put("created", created);
    chunk.put("model", model).putArray("choices");
    return chunk;
  }

  private String incompleteResponse(String model, Usage spent) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("type", "response.incomplete").put("sequence_number", sequence + 1);
    ObjectNode response = event.putObject("response");
    response.put("id", id).put("object", "response").put("created_at", created);
    response.put("status", "incomplete").put("model", model);
    response.putObject("incomplete_details").put("reason", "max_output_tokens");
    response.putArray("output");
    response
        .putObject("usage")
        .put("input_tokens", spent.inputTokens())
        .put("output_tokens", spent.outputTokens())
        .put("total_tokens", spent.totalTokens());
    return "event: response.incomplete\ndata: " + event + "\n\n";
  }
}
