package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.providers.BadRequestException.Rule;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Chat completions, the older completions, and Responses, which has {@code input}. */
final class OpenAiRequests implements RequestDialect {

  private static final List<String> CHOICES = List.of("n", "best_of");
  private static final List<String> CHAT_BOUNDS = List.of("max_tokens", "max_completion_tokens");
  private static final List<String> RESPONSES_BOUNDS = List.of("max_output_tokens");

  /**
   * OpenAI's own models, which take {@code max_completion_tokens}; older servers do not know it.
   */
  private static final Pattern OWN = Pattern.compile("(openai/)?(gpt-|chatgpt-|o\\d).*");

  @Override
  public boolean asksForUsage(ObjectNode body) {
    return isResponses(body)
        || !streams(body, "")
        || Fields.object(body, "stream_options")
            .map(options -> Fields.flag(options, "include_usage", false))
            .orElse(false);
  }

  @Override
  public void askForUsage(ObjectNode body) {
    Fields.object(body, "stream_options")
        .orElseGet(() -> body.putObject("stream_options"))
        .put("include_usage", true);
  }

  @Override
  public long choices(ObjectNode body) {
    return CHOICES.stream()
        .mapToLong(key -> Fields.number(body, key, 1, MAX_CHOICES).orElse(1))
        .max()
        .getAsLong();
  }

  @Override
  public void lowerChoices(ObjectNode body, long most) {
    CHOICES.stream()
        .filter(key -> body.path(key).asLong() > most)
        .forEach(key -> body.put(key, most));
  }

  @Override
  public OptionalLong maxOutputTokens(ObjectNode body) {
    return bounds(body).stream()
        .map(key -> RequestDialect.tokens(body, key))
        .flatMapToLong(OptionalLong::stream)
        .max();
  }

  @Override
  public void setMaxOutputTokens(ObjectNode body, long tokens) {
    List<String> set = bounds(body).stream().filter(body::hasNonNull).toList();
    if (set.isEmpty()) {
      body.put(boundOf(body), tokens);
    }
    set.forEach(key -> body.put(key, tokens));
  }

  private static List<String> bounds(ObjectNode body) {
    return isResponses(body) ? RESPONSES_BOUNDS : CHAT_BOUNDS;
  }

  private static String boundOf(ObjectNode body) {
    if (isResponses(body)) {
      return "max_output_tokens";
    }
    boolean own = OWN.matcher(body.path("model").asText()).matches();
    return own && body.has("messages") ? "max_completion_tokens" : "max_tokens";
  }

  @Override
  public Optional<ArrayNode> turns(ObjectNode body) {
    if (body.hasNonNull("input") && body.hasNonNull("messages")) {
      throw new BadRequestException(
          Rule.UNIQUE_KEYS, "input and messages both tell the conversation; leave one out");
    }
    return body.path("input").isArray()
        ? Fields.objects(body, "input")
        : Fields.objects(body, "messages");
  }

  @Override
  public Part part(JsonNode turn) {
    return RequestDialect.partOfRole(turn);
  }

  @Override
  public List<String> promptFields() {
    return List.of("input", "prompt", "suffix", "instructions", "tools", "functions");
  }

  @Override
  public List<JsonNode> schemas(ObjectNode body) {
    return List.of(body.path("response_format"), body.path("text").path("format"));
  }

  private static boolean isResponses(ObjectNode body) {
    return body.hasNonNull("input");
  }
}
