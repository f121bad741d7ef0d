package dev.tollgate.sample;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** JSON as this application reads and writes it. Stateless. */
final class Json {

  static final String TYPE = "application/json";

  /** Arrays and objects within one another. */
  static final int MAX_DEPTH = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /**
   * Reads one value. An object with two equal names, more than {@link #MAX_DEPTH} levels, or
   * anything after the value is an error.
   *
   * @throws IOException when it is no such JSON
   */
  static JsonNode read(byte[] json) throws IOException {
    return MAPPER.readTree(json);
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static byte[] bytes(Object value) throws IOException {
    return MAPPER.writeValueAsBytes(value);
  }

  /** Answers with a value that no cache may keep. */
  static void send(HttpServletResponse response, int status, String type, Object value)
      throws IOException {
    byte[] body = bytes(value);
    response.setStatus(status);
    response.setContentType(type);
    response.setContentLength(body.length);
    response.setHeader("Cache-Control", "no-store");
    response.getOutputStream().write(body);
  }
}
