package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the extras of a request, whatever its protocol: servers that are compatible with one take
 * keys of others too. What is not known to be harmless is an extra. Not thread-safe.
 */
final class Extras {

  private static final int MAX_SHOWN = 40;

  /** Prices of the model's own, or below. */
  private static final Set<String> USUAL_TIERS =
      Set.of("auto", "default", "standard", "standard_only", "flex", "on_demand");

  private static final Set<String> USUAL_SPEEDS = Set.of("standard");
  private static final Set<String> USUAL_REGIONS = Set.of("global");

  /** Tools that the client runs. */
  private static final Pattern CLIENT_TOOLS =
      Pattern.compile(
          "function|custom|local_shell|apply_patch|computer(_use)?(_preview)?"
              + "|(computer|bash|text_editor|memory)_\\d{8}");

  private static final Set<String> CLIENT_TOOLS_OF_GEMINI =
      Set.of("functionDeclarations", "function_declarations", "computerUse", "computer_use");

  /** Models that search the web, each time or by the end of their name. */
  private static final Pattern SEARCHING =
      Pattern.compile("(.*/)?(gpt-.*-search-(preview|api).*|sonar.*|.*:online)");

  /** What tools were called with and answered is theirs, whatever its keys are called. */
  private static final Set<String> OF_TOOLS = Set.of("args", "arguments", "response");

  private static final Set<String> IMAGES = Set.of("image", "input_image", "image_url");
  private static final List<String> REFERENCES =
      List.of("file_id", "file_url", "fileUri", "file_uri");

  private final Map<Extra, String> found = new EnumMap<>(Extra.class);

  private Extras() {}

  /**
   * The extras, each with the key that asks for it as it is written.
   *
   * @param turns of its conversation
   */
  static Map<Extra, String> of(ObjectNode body, String model, Iterable<JsonNode> turns) {
    Extras extras = new Extras();
    extras.readTariff(body);
    extras.readTools(body, model);
    extras.readModalities(body);
    extras.readStored(body);
    turns.forEach(extras::readContent);
    if (body.path("background").asBoolean()) {
      extras.note(Extra.BACKGROUND, "background", body.path("background"));
    }
    for (String key : List.of("models", "fallbacks")) {
      extras.noteUnlessEmpty(Extra.FALLBACKS, key, body.path(key));
    }
    return Collections.unmodifiableMap(extras.found);
  }

  private void note(Extra extra, String key, JsonNode value) {
    String text = value.toString();
    String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
    found.putIfAbsent(extra, key + " = " + shown);
  }

  private void noteUnlessEmpty(Extra extra, String key, JsonNode value) {
    if (!value.isMissingNode() && !value.isNull() && !(value.isArray() && value.isEmpty())) {
      note(extra, key, value);
    }
  }

  private void readTariff(ObjectNode body) {
    noteUnless(USUAL_TIERS, "service_tier", body);
    noteUnless(USUAL_TIERS, "serviceTier", body);
    noteUnless(USUAL_SPEEDS, "speed", body);
    noteUnless(USUAL_REGIONS, "inference_geo", body);
  }

  private void noteUnless(Set<String> usual, String key, ObjectNode body) {
    if (body.hasNonNull(key) && !usual.contains(body.get(key).asText().toLowerCase(Locale.ROOT))) {
      note(Extra.SERVICE_TIER, key, body.get(key));
    }
  }

  private void readTools(ObjectNode body, String model) {
    for (JsonNode tool : body.path("tools")) {
      if (!isRunByClient(tool)) {
        note(Extra.HOSTED_TOOLS, "tools", tool);
      }
    }
    for (String key : List.of("web_search_options", "search_parameters", "plugins")) {
      noteUnlessEmpty(Extra.HOSTED_TOOLS, key, body.path(key));
    }
    if (SEARCHING.matcher(model).matches()) {
      found.putIfAbsent(Extra.HOSTED_TOOLS, "model = " + model);
    }
  }

  private static boolean isRunByClient(JsonNode tool) {
    if (!tool.isObject()) {
      return false;
    }
    if (tool.hasNonNull("type")) {
      return CLIENT_TOOLS.matcher(tool.path("type").asText()).matches();
    }
    if (tool.hasNonNull("input_schema")) {
      return true;
    }
    for (Iterator<String> keys = tool.fieldNames(); keys.hasNext(); ) {
      if (!CLIENT_TOOLS_OF_GEMINI.contains(keys.next())) {
        return false;
      }
    }
    return true;
  }

  private void readModalities(ObjectNode body) {
    JsonNode generation = Json.first(body, "generationConfig", "generation_config");
    readModalities("modalities", body);
    readModalities("responseModalities", generation);
    readModalities("response_modalities", generation);
    for (String key : List.of("audio", "voice")) {
      noteUnlessEmpty(Extra.MODALITIES, key, body.path(key));
    }
  }

  private void readModalities(String key, JsonNode object) {
    for (JsonNode modality : object.path(key)) {
      if (!modality.asText().equalsIgnoreCase("text")) {
        note(Extra.MODALITIES, key, object.path(key));
      }
    }
  }

  private void readStored(ObjectNode body) {
    for (String key :
        List.of("previous_response_id", "conversation", "cachedContent", "cached_content")) {
      noteUnlessEmpty(Extra.STORED_INPUT, key, body.path(key));
    }
    if (body.path("prompt").isObject()) {
      note(Extra.STORED_INPUT, "prompt", body.path("prompt"));
    }
  }

  /** An image is no more than its flat number of tokens, wherever it is. */
  private void readContent(JsonNode node) {
    if (node.isArray()) {
      node.forEach(this::readContent);
    } else if (node.isObject() && !IMAGES.contains(node.path("type").asText())) {
      readBlock(node);
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        if (!isOfTool(field.getKey(), field.getValue())) {
          readContent(field.getValue());
        }
      }
    }
  }

  private static boolean isOfTool(String key, JsonNode value) {
    return OF_TOOLS.contains(key) || (key.equals("input") && value.isObject());
  }

  private void readBlock(JsonNode block) {
    JsonNode media = Json.first(block, "mimeType", "mime_type");
    noteUnlessEmpty(Extra.MODALITIES, "input_audio", block.path("input_audio"));
    if (media.asText().startsWith("audio/")) {
      note(Extra.MODALITIES, "mimeType", media);
    }
    String source = block.path("source").path("type").asText();
    if (source.equals("url") || source.equals("file")) {
      note(Extra.STORED_INPUT, "source", block.path("source"));
    }
    if (block.path("type").asText().equals("item_reference")) {
      note(Extra.STORED_INPUT, "type", block.path("type"));
    }
    for (String key : REFERENCES) {
      if (block.hasNonNull(key) && !media.asText().startsWith("image/")) {
        note(Extra.STORED_INPUT, key, block.path(key));
      }
    }
  }
}
