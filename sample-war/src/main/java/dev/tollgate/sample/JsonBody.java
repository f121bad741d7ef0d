package dev.tollgate.sample;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Locale;

/** The body of a request that sends JSON. */
final class JsonBody {

  static final int MAX_BYTES = 1024 * 1024;

  private JsonBody() {}

  /**
   * Reads it as it is.
   *
   * @throws HttpProblem when it is something else by its headers, is longer than {@link
   *     #MAX_BYTES}, or breaks off
   */
  static byte[] read(HttpServletRequest request) throws HttpProblem {
    requireJson(request);
    byte[] body = bytes(request);
    if (body.length > MAX_BYTES) {
      throw HttpProblem.contentTooLarge("the body is larger than " + MAX_BYTES + " bytes");
    }
    return body;
  }

  private static byte[] bytes(HttpServletRequest request) throws HttpProblem {
    try {
      return request.getInputStream().readNBytes(MAX_BYTES + 1);
    } catch (IOException broken) {
      throw HttpProblem.badRequest("the body is not as its header says, or broke off");
    }
  }

  private static void requireJson(HttpServletRequest request) throws HttpProblem {
    String type = request.getContentType();
    if (type != null && !type.split(";", 2)[0].strip().equalsIgnoreCase(Json.TYPE)) {
      throw HttpProblem.unsupportedMediaType("send the body as " + Json.TYPE);
    }
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !encoding.strip().toLowerCase(Locale.ROOT).equals("identity")) {
      throw HttpProblem.badRequest("send the body as it is, without Content-Encoding");
    }
  }
}
