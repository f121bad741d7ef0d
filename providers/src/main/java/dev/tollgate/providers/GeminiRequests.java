package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.Call;
import dev.tollgate.providers.BadRequestException.Rule;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code generateContent}. The path names the model and whether it streams. Google takes each key
 * in camel case and in snake case; a body with both is refused, since only one of them would count.
 */
final class GeminiRequests implements RequestDialect {

  private static final List<String> SCHEMAS =
      List.of("responseSchema", "response_schema", "responseJsonSchema", "response_json_schema");

  private static final Pattern PATH = Pattern.compile("(.*/)?([^/:]+):(\\w+)");

  @Override
  public String model(ObjectNode body, String path) {
    Matcher named = PATH.matcher(path);
    String model = named.matches() ? named.group(2) : "";
    if (model.length() > Call.MAX_MODEL_LENGTH) {
      throw new BadRequestException(
          Rule.RANGE,
          "model in the path: must have at most " + Call.MAX_MODEL_LENGTH + " characters");
    }
    return model;
  }

  @Override
  public String pathOf(String model, String path) {
    Matcher named = PATH.matcher(path);
    if (!named.matches()) {
      return path;
    }
    return path.substring(0, named.start(2)) + model + path.substring(named.end(2));
  }

  @Override
  public void setModel(ObjectNode body, String model) {}

  @Override
  public boolean streams(ObjectNode body, String path) {
    return path.endsWith(":streamGenerateContent");
  }

  @Override
  public long choices(ObjectNode body) {
    return generation(body).map(GeminiRequests::candidates).orElse(1L);
  }

  @Override
  public void lowerChoices(ObjectNode body, long most) {
    generation(body)
        .filter(generation -> candidates(generation) > most)
        .ifPresent(generation -> generation.put(choicesKey(generation), most));
  }

  private static long candidates(ObjectNode generation) {
    return Fields.number(generation, choicesKey(generation), 1, MAX_CHOICES).orElse(1);
  }

  private static String choicesKey(ObjectNode generation) {
    return spelling(generation, "candidateCount", "candidate_count");
  }

  @Override
  public OptionalLong maxOutputTokens(ObjectNode body) {
    Optional<ObjectNode> generation = generation(body);
    return generation.isEmpty()
        ? OptionalLong.empty()
        : RequestDialect.tokens(generation.get(), bound(generation.get()));
  }

  @Override
  public void setMaxOutputTokens(ObjectNode body, long tokens) {
    ObjectNode generation = generation(body).orElseGet(() -> body.putObject("generationConfig"));
    generation.put(bound(generation), tokens);
  }

  @Override
  public Optional<ArrayNode> turns(ObjectNode body) {
    return Fields.objects(body, "contents");
  }

  @Override
  public Part part(JsonNode turn) {
    for (JsonNode part : turn.path("parts")) {
      if (part.has("functionResponse") || part.has("function_response")) {
        return Part.REPLY;
      }
    }
    return turn.path("role").asText("user").equals("user") ? Part.USER : Part.REPLY;
  }

  @Override
  public List<String> promptFields() {
    return List.of("systemInstruction", "system_instruction", "tools");
  }

  @Override
  public List<JsonNode> schemas(ObjectNode body) {
    Optional<ObjectNode> generation = generation(body);
    return generation.isEmpty() ? List.of() : SCHEMAS.stream().map(generation.get()::path).toList();
  }

  private static Optional<ObjectNode> generation(ObjectNode body) {
    return Fields.object(body, spelling(body, "generationConfig", "generation_config"));
  }

  private static String bound(ObjectNode generation) {
    return spelling(generation, "maxOutputTokens", "max_output_tokens");
  }

  private static String spelling(ObjectNode object, String camel, String snake) {
    if (object.has(camel) && object.has(snake)) {
      throw new BadRequestException(
          Rule.UNIQUE_KEYS, camel + " and " + snake + " are the same key; leave one out");
    }
    return object.has(snake) ? snake : camel;
  }
}
