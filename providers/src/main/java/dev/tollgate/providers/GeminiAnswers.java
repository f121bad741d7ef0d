package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.Usage;
import dev.tollgate.providers.Tally.Count;
import java.util.OptionalLong;

/**
 * {@code generateContent}. Thoughts are output beside the candidates; what tools put into the
 * prompt is input beside it; each message of a stream tells the usage up to there.
 */
final class GeminiAnswers implements AnswerDialect {

  private String responseId = "";

  @Override
  public void read(JsonNode message, Tally tally) {
    responseId = message.path("responseId").asText(responseId);
    tally.model(message.path("modelVersion"));
    for (JsonNode candidate : message.path("candidates")) {
      tally.produced(candidate.path("content").path("parts"));
      tally.finished(candidate.path("finishReason"));
    }
    tally.finished(message.path("promptFeedback").path("blockReason"));
    usage(message.path("usageMetadata"), tally);
    if (tally.isFinished()) {
      tally.usageIsFinal();
      tally.complete();
    }
  }

  private static void usage(JsonNode usage, Tally tally) {
    OptionalLong prompt = Json.tokens(usage.path("promptTokenCount"));
    long tools = Json.tokens(usage.path("toolUsePromptTokenCount")).orElse(0);
    long input = sum(prompt.orElse(0), tools);
    if (prompt.isPresent()) {
      tally.count(Count.INPUT, input);
    }
    OptionalLong candidates = Json.tokens(usage.path("candidatesTokenCount"));
    OptionalLong thoughts = Json.tokens(usage.path("thoughtsTokenCount"));
    OptionalLong total = Json.tokens(usage.path("totalTokenCount"));
    if (candidates.isPresent() || thoughts.isPresent()) {
      tally.count(Count.OUTPUT, sum(candidates.orElse(0), thoughts.orElse(0)));
    } else if (prompt.isPresent() && total.isPresent()) {
      tally.count(Count.OUTPUT, Math.max(0, total.getAsLong() - input));
    }
    thoughts.ifPresent(tokens -> tally.count(Count.REASONING, tokens));
    tally.count(Count.CACHE_READ, usage.path("cachedContentTokenCount"));
  }

  private static long sum(long a, long b) {
    return Math.min(Usage.MAX_TOKENS, a + b);
  }

  @Override
  public String ending(String model, Usage spent, boolean withUsage) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    ObjectNode candidate = message.putArray("candidates").addObject();
    candidate.putObject("content").put("role", "model").putArray("parts");
    candidate.put("finishReason", "MAX_TOKENS").put("index", 0);
    message
        .putObject("usageMetadata")
        .put("promptTokenCount", spent.inputTokens())
        .put("candidatesTokenCount", spent.outputTokens() - spent.reasoningTokens())
        .put("thoughtsTokenCount", spent.reasoningTokens())
        .put("totalTokenCount", spent.totalTokens());
    message.put("modelVersion", model).put("responseId", responseId);
    return "data: " + message + "\n\n";
  }
}
