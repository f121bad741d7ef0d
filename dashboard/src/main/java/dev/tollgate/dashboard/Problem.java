package dev.tollgate.dashboard;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request that cannot be answered: an RFC 9457 {@code application/problem+json} answer, or a
 * page.
 */
final class Problem extends Exception {

  private static final long serialVersionUID = 1;

  private final int status;
  private final String title;
  private final transient Map<String, String> headers;

  private Problem(int status, String title, String detail, Map<String, String> headers) {
    super(detail);
    this.status = status;
    this.title = title;
    this.headers = headers;
  }

  /**
   * @param detail one sentence that tells the client what to do
   */
  static Problem badRequest(String detail) {
    return new Problem(400, "Bad Request", detail, Map.of());
  }

  static Problem unidentified() {
    return new Problem(
        401,
        "Unauthorized",
        "The request does not say who makes it: send your credentials.",
        Map.of("WWW-Authenticate", "Bearer"));
  }

  /**
   * @param detail one sentence that tells who may see it, and how
   */
  static Problem forbidden(String detail) {
    return new Problem(403, "Forbidden", detail, Map.of());
  }

  static Problem notFound() {
    return new Problem(404, "Not Found", "There is nothing here.", Map.of());
  }

  static Problem onlyPost() {
    return new Problem(405, "Method Not Allowed", "Use POST.", Map.of("Allow", "POST"));
  }

  static Problem onlyGet() {
    return new Problem(405, "Method Not Allowed", "Use GET.", Map.of("Allow", "GET, HEAD"));
  }

  /**
   * @param detail one sentence that tells what to do first
   */
  static Problem conflict(String detail) {
    return new Problem(409, "Conflict", detail, Map.of());
  }

  /**
   * @param detail one sentence that tells what was not done
   */
  static Problem unavailable(String detail) {
    return new Problem(503, "Service Unavailable", detail, Map.of("Retry-After", "1"));
  }

  static Problem tooLarge(String detail) {
    return new Problem(413, "Content Too Large", detail, Map.of());
  }

  static Problem encoded() {
    return badRequest(
        "Content-Encoding: bodies are not unpacked here; send it as it is, without this header.");
  }

  /** Answers a person with a page and a program with JSON. */
  void sendTo(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (!Accepted.isHtml(request)) {
      sendTo(response);
      return;
    }
    headers.forEach(response::setHeader);
    Frame frame = new Frame(title, false, false);
    frame.send(
        request,
        response,
        status,
        html ->
            html.open("section", "class", "card lead")
                .element("h2", title)
                .element("p", String.valueOf(getMessage()))
                .close());
  }

  void sendTo(HttpServletResponse response) throws IOException {
    headers.forEach(response::setHeader);
    Map<String, Object> body = new TreeMap<>();
    body.put("type", "about:blank");
    body.put("title", title);
    body.put("status", status);
    body.put("detail", String.valueOf(getMessage()));
    Json.send(response, status, "application/problem+json", body);
  }
}
