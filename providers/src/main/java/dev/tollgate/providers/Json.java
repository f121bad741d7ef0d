package dev.tollgate.providers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollgate.Usage;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalLong;

/** JSON from strangers: bounded in depth, exact in numbers. */
final class Json {

  /** Objects and arrays may be nested so deep. */
  static final int MAX_DEPTH = 64;

  private static final int MAX_DIGITS = 40;

  private static final JsonMapper STRICT = mapper(true);
  private static final JsonMapper LENIENT = mapper(false);

  private Json() {}

  private static JsonMapper mapper(boolean strict) {
    StreamReadConstraints bounds =
        StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build();
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(bounds)
            .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, strict)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();
    return JsonMapper.builder(factory)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .build();
  }

  /** The value that is written there; missing if it is no JSON. */
  static JsonNode lenient(byte[] bytes, int offset, int length) {
    try {
      return read(bytes, offset, length);
    } catch (JsonProcessingException malformed) {
      return MissingNode.getInstance();
    }
  }

  /** The value that is written there, the last one of a key that comes twice. */
  static JsonNode read(byte[] bytes, int offset, int length) throws JsonProcessingException {
    return read(LENIENT, bytes, offset, length);
  }

  private static JsonNode read(JsonMapper mapper, byte[] bytes, int offset, int length)
      throws JsonProcessingException {
    try {
      return mapper.readTree(bytes, offset, length);
    } catch (JsonProcessingException malformed) {
      throw malformed;
    } catch (NumberFormatException beyond) {
      throw new JsonParseException(null, beyond.getMessage(), beyond);
    } catch (IOException impossible) {
      throw new AssertionError("reading an array does no input", impossible);
    }
  }

  /** The value that is written there in UTF-8; a key that comes twice is an error. */
  static JsonNode readStrictly(byte[] bytes) throws JsonProcessingException {
    return read(STRICT, bytes, 0, bytes.length);
  }

  /** A number of tokens: empty if it is no number, negative or above {@link Usage#MAX_TOKENS}. */
  static OptionalLong tokens(JsonNode node) {
    double number = node.isNumber() ? node.doubleValue() : -1;
    return number >= 0 && number <= Usage.MAX_TOKENS
        ? OptionalLong.of((long) Math.ceil(number))
        : OptionalLong.empty();
  }

  /** A number, or a text that is one, with not too many digits to reckon with. */
  static Optional<BigDecimal> decimal(JsonNode node) {
    if (!node.isNumber() && !node.isTextual()) {
      return Optional.empty();
    }
    try {
      BigDecimal number = node.isNumber() ? node.decimalValue() : new BigDecimal(node.asText());
      boolean small = number.precision() <= MAX_DIGITS && Math.abs(number.scale()) <= MAX_DIGITS;
      return small ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException noNumber) {
      return Optional.empty();
    }
  }

  /** The first of the fields that is there and not null; missing if none is. */
  static JsonNode first(JsonNode node, String... fields) {
    for (String field : fields) {
      if (node.hasNonNull(field)) {
        return node.get(field);
      }
    }
    return MissingNode.getInstance();
  }
}
