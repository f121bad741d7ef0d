package dev.tollgate.dashboard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** JSON as the pages read and write it. Stateless. */
final class Json {

  static final String TYPE = "application/json";

  private static final int MAX_DEPTH = 64;
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .build();

  private Json() {}

  /**
   * @throws IOException when it is no JSON
   */
  static JsonNode read(byte[] json) throws IOException {
    return MAPPER.readTree(json);
  }

  /** A value in one line. */
  static String text(Object value) throws IOException {
    return MAPPER.writeValueAsString(value);
  }

  static byte[] write(Object value) throws IOException {
    return MAPPER.writeValueAsBytes(value);
  }

  /** Answers with a value that no cache may keep. */
  static void send(HttpServletResponse response, int status, String type, Object value)
      throws IOException {
    byte[] body = write(value);
    response.setStatus(status);
    response.setContentType(type);
    response.setContentLength(body.length);
    response.setHeader("Cache-Control", "no-store");
    response.getOutputStream().write(body);
  }
}
