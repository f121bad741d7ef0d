package dev.tollgate.filter;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A whole answer in place of the application's. Immutable.
 *
 * @param status the HTTP status
 * @param headers by name
 * @param contentType of the body
 * @param body in ASCII
 */
record Answer(int status, Map<String, String> headers, String contentType, String body) {

  Answer {
    headers = Map.copyOf(headers);
  }

  /** Writes it, in place of what was written but not sent; nothing once the response is sent. */
  void writeTo(HttpServletResponse response) throws IOException {
    if (response.isCommitted()) {
      return;
    }
    response.resetBuffer();
    response.setStatus(status);
    headers.forEach(response::setHeader);
    response.setContentType(contentType);
    byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
    response.setContentLength(bytes.length);
    try {
      response.getOutputStream().write(bytes);
    } catch (IllegalStateException writerInUse) {
      response.getWriter().write(body);
    }
  }
}
