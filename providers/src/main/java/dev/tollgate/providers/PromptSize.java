package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.TokenCounter;
import java.util.Map;
import java.util.Set;

/**
 * What a part of a prompt adds to the input: its texts, and a flat number for all else. Not
 * thread-safe.
 */
final class PromptSize {

  /** What roles and delimiters of a turn take. */
  private static final long TOKENS_PER_TURN = 4;

  /** An image, a sound or a file: what a large image takes with most providers. */
  private static final long TOKENS_PER_MEDIUM = 1600;

  /** What a provider has kept of an earlier part of a conversation: nobody tells how much. */
  private static final long TOKENS_STORED = 32_000;

  private static final Set<String> MEDIA =
      Set.of(
          "image_url",
          "images",
          "input_audio",
          "file",
          "source",
          "inlineData",
          "inline_data",
          "fileData",
          "file_data");

  /** Media whose bytes say nothing of their tokens; those of a document do. */
  private static final Set<String> SEEN_OR_HEARD = Set.of("image_url", "images", "input_audio");

  /** What models read as it is written, keys and all. */
  private static final Set<String> VERBATIM = Set.of("tools", "functions", "args", "response");

  private static final Set<String> NO_TEXT =
      Set.of(
          "type",
          "role",
          "id",
          "tool_call_id",
          "tool_use_id",
          "call_id",
          "signature",
          "encrypted_content");

  private final StringBuilder text = new StringBuilder();
  private long countedBytes;
  private int countedChars;
  private long flat;

  /** Adds a turn of a conversation. */
  PromptSize addTurn(JsonNode turn) {
    flat += TOKENS_PER_TURN;
    return add(turn);
  }

  /** Adds every text below a node, and a token for each number: prompts may be written in them. */
  PromptSize add(JsonNode node) {
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        addField(field.getKey(), field.getValue());
      }
    } else if (node.isArray()) {
      node.forEach(this::add);
    } else if (node.isTextual()) {
      text.append(node.textValue()).append('\n');
    } else if (node.isNumber()) {
      flat++;
    }
    return this;
  }

  /** Adds what models read as it is written, if it is an object. */
  void addVerbatim(JsonNode value) {
    if (value.isObject()) {
      text.append(value).append('\n');
    }
  }

  /** Adds input that the body does not show. */
  void addStored() {
    flat += TOKENS_STORED;
  }

  private void addField(String key, JsonNode value) {
    if (MEDIA.contains(key)) {
      addMedia(key, value);
    } else if (VERBATIM.contains(key) || (key.equals("input") && value.isObject())) {
      text.append(value).append('\n');
    } else if (!NO_TEXT.contains(key)) {
      add(value);
    }
  }

  private void addMedia(String key, JsonNode value) {
    flat += TOKENS_PER_MEDIUM * (value.isArray() ? value.size() : 1);
    String type = Json.first(value, "media_type", "mimeType", "mime_type").asText();
    if (!SEEN_OR_HEARD.contains(key) && !type.matches("(image|audio|video)/.*")) {
      add(value);
    }
  }

  /** Adds a field of the request itself. */
  PromptSize addField(JsonNode body, String key) {
    if (body.hasNonNull(key)) {
      addField(key, body.get(key));
    }
    return this;
  }

  long tokens(TokenCounter counter) {
    return counter.count(text.toString()) + flat;
  }

  /** What leaving this out takes from a larger text of a known rate, rounded down. */
  long tokens(double tokensPerByte) {
    return (long) (textBytes() * tokensPerByte) + flat;
  }

  /** The size of the texts; of those already measured, only what was added since is read. */
  long textBytes() {
    if (countedChars < text.length()) {
      countedBytes += Utf8.length(text, countedChars);
      countedChars = text.length();
    }
    return countedBytes;
  }

  long flatTokens() {
    return flat;
  }
}
