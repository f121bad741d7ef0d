package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.Call;
import dev.tollgate.Usage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How one protocol tells its requests. Immutable; reads throw {@link BadRequestException}. */
interface RequestDialect {

  /** The part that a turn has in a conversation. */
  enum Part {
    /** Holds for all of it. */
    SYSTEM,
    /** Begins an exchange. */
    USER,
    /** Belongs to the exchange before: an answer, a tool's call or its result. */
    REPLY
  }

  int MAX_CHOICES = 128;

  default String model(ObjectNode body, String path) {
    return Fields.name(body, "model", Call.MAX_MODEL_LENGTH);
  }

  /** The path to ask for another model at. */
  default String pathOf(String model, String path) {
    return path;
  }

  default void setModel(ObjectNode body, String model) {
    body.put("model", model);
  }

  default boolean streams(ObjectNode body, String path) {
    return Fields.flag(body, "stream", false);
  }

  /** Whether a stream will tell its usage. */
  default boolean asksForUsage(ObjectNode body) {
    return true;
  }

  default void askForUsage(ObjectNode body) {}

  /** How many answers it asks for. */
  default long choices(ObjectNode body) {
    return 1;
  }

  /** Lets it ask for at most so many answers. */
  default void lowerChoices(ObjectNode body, long most) {}

  /** The most tokens of each answer; empty if it sets no bound. */
  OptionalLong maxOutputTokens(ObjectNode body);

  /** Bounds each answer, whatever bound was set. */
  void setMaxOutputTokens(ObjectNode body, long tokens);

  /** The conversation, if it is told in turns. */
  Optional<ArrayNode> turns(ObjectNode body);

  Part part(JsonNode turn);

  /** The prompt's other fields. */
  List<String> promptFields();

  /** The schemas that answers must keep to, which models read as they are written. */
  default List<JsonNode> schemas(ObjectNode body) {
    return List.of();
  }

  /** The bound that a field sets. */
  static OptionalLong tokens(ObjectNode object, String key) {
    return Fields.number(object, key, 1, Usage.MAX_TOKENS);
  }

  /** Whether a content list has an element of a type. */
  static boolean has(JsonNode content, String type) {
    for (JsonNode block : content) {
      if (block.path("type").asText().equals(type)) {
        return true;
      }
    }
    return false;
  }

  /** The part of a turn that names its role as OpenAI does. */
  static Part partOfRole(JsonNode turn) {
    return switch (turn.path("role").asText()) {
      case "system", "developer" -> Part.SYSTEM;
      case "user" -> Part.USER;
      default -> Part.REPLY;
    };
  }
}
