package dev.tollgate.sample;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * A request that cannot be served: an RFC 9457 {@code application/problem+json} answer, or an error
 * in the language of a provider's clients.
 */
final class HttpProblem extends Exception {

  private static final long serialVersionUID = 1;

  private final int status;
  private final String title;
  private final transient Map<String, String> headers;

  private HttpProblem(int status, String title, String detail, Map<String, String> headers) {
    super(detail);
    this.status = status;
    this.title = title;
    this.headers = Map.copyOf(headers);
  }

  static HttpProblem badRequest(String detail) {
    return new HttpProblem(400, "Bad Request", detail, Map.of());
  }

  static HttpProblem unauthorized(String detail) {
    Map<String, String> challenge = Map.of("WWW-Authenticate", "Bearer realm=\"tollgate-sample\"");
    return new HttpProblem(401, "Unauthorized", detail, challenge);
  }

  static HttpProblem unauthorizedOperator(String detail) {
    Map<String, String> challenge =
        Map.of("WWW-Authenticate", "Basic realm=\"tollgate-sample operators\", charset=\"UTF-8\"");
    return new HttpProblem(401, "Unauthorized", detail, challenge);
  }

  static HttpProblem forbidden(String detail) {
    return new HttpProblem(403, "Forbidden", detail, Map.of());
  }

  /**
   * @param allowed the methods that the resource has, as in the header {@code Allow}
   */
  static HttpProblem methodNotAllowed(String allowed) {
    String detail = "use " + allowed;
    return new HttpProblem(405, "Method Not Allowed", detail, Map.of("Allow", allowed));
  }

  static HttpProblem contentTooLarge(String detail) {
    return new HttpProblem(413, "Content Too Large", detail, Map.of());
  }

  static HttpProblem unsupportedMediaType(String detail) {
    Map<String, String> accepted = Map.of("Accept-Post", Json.TYPE);
    return new HttpProblem(415, "Unsupported Media Type", detail, accepted);
  }

  static HttpProblem badGateway(String detail) {
    return new HttpProblem(502, "Bad Gateway", detail, Map.of());
  }

  static HttpProblem unavailable(String detail) {
    return new HttpProblem(503, "Service Unavailable", detail, Map.of("Retry-After", "1"));
  }

  static HttpProblem gatewayTimeout(String detail) {
    return new HttpProblem(504, "Gateway Timeout", detail, Map.of());
  }

  int status() {
    return status;
  }

  /** The body of the answer. */
  record Body(String type, String title, int status, String detail) {}

  /** Answers it as those understand who send such requests. */
  void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
    headers.forEach(response::setHeader);
    String detail = String.valueOf(getMessage());
    Optional<Dialect> dialect = Dialect.of(request);
    if (dialect.isPresent()) {
      Json.send(response, status, Json.TYPE, dialect.get().error(status, detail));
    } else {
      Body body = new Body("about:blank", title, status, detail);
      Json.send(response, status, "application/problem+json", body);
    }
  }
}
