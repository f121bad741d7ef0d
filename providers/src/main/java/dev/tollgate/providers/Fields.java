package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.providers.BadRequestException.Rule;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Fields of a request. A field that is null is as good as none; one of a wrong type or out of its
 * range is refused.
 */
final class Fields {

  private static final int MAX_SHOWN = 40;

  private Fields() {}

  /** A whole number. */
  static OptionalLong number(ObjectNode object, String key, long min, long max) {
    if (!object.hasNonNull(key)) {
      return OptionalLong.empty();
    }
    JsonNode node = object.get(key);
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw wrong(node.isNumber() ? Rule.RANGE : Rule.TYPE, key, node, numberRule(min, max));
    }
    if (node.longValue() < min || node.longValue() > max) {
      throw wrong(Rule.RANGE, key, node, numberRule(min, max));
    }
    return OptionalLong.of(node.longValue());
  }

  private static String numberRule(long min, long max) {
    return "must be a whole number from " + min + " to " + max;
  }

  static boolean flag(ObjectNode object, String key, boolean ifAbsent) {
    if (!object.hasNonNull(key)) {
      return ifAbsent;
    }
    if (!object.get(key).isBoolean()) {
      throw wrong(Rule.TYPE, key, object.get(key), "must be true or false");
    }
    return object.get(key).booleanValue();
  }

  /** A text of one line that shows as it is written, empty if there is none. */
  static String name(ObjectNode object, String key, int maxLength) {
    if (!object.hasNonNull(key)) {
      return "";
    }
    JsonNode node = object.get(key);
    if (!node.isTextual()) {
      throw wrong(Rule.TYPE, key, node, "must be a text");
    }
    String text = node.textValue();
    if (text.length() > maxLength || text.codePoints().anyMatch(Fields::isInvisible)) {
      String rule = "must have at most " + maxLength + " characters, all of them visible";
      throw wrong(Rule.RANGE, key, node, rule);
    }
    return text;
  }

  /** Such characters end lines, or change the order of those beside them. */
  private static boolean isInvisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  static Optional<ObjectNode> object(ObjectNode object, String key) {
    if (!object.hasNonNull(key)) {
      return Optional.empty();
    }
    if (!object.get(key).isObject()) {
      throw wrong(Rule.TYPE, key, object.get(key), "must be an object");
    }
    return Optional.of((ObjectNode) object.get(key));
  }

  /** A list of objects. */
  static Optional<ArrayNode> objects(ObjectNode object, String key) {
    if (!object.hasNonNull(key)) {
      return Optional.empty();
    }
    JsonNode node = object.get(key);
    if (!node.isArray()) {
      throw wrong(Rule.TYPE, key, node, "must be a list");
    }
    for (JsonNode element : node) {
      if (!element.isObject()) {
        throw wrong(Rule.TYPE, key, element, "must be a list of objects");
      }
    }
    return Optional.of((ArrayNode) node);
  }

  private static BadRequestException wrong(Rule rule, String key, JsonNode value, String must) {
    String text = value.toString();
    String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
    return new BadRequestException(
        rule, key + " = " + shown + ": " + must + "; change it or leave it out");
  }
}
