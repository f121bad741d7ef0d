package dev.tollgate.filter;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;

/**
 * The head of an answer, as it is when the first byte comes. Immutable.
 *
 * @param contentType empty if it is not told
 * @param readable whether the bytes are not compressed
 * @param retryAfter the header
 */
record AnswerHead(int status, String contentType, boolean readable, Optional<String> retryAfter) {

  static AnswerHead of(HttpServletResponse response) {
    return new AnswerHead(
        response.getStatus(),
        Optional.ofNullable(response.getContentType()).orElse(""),
        response.getHeader("Content-Encoding") == null,
        Optional.ofNullable(response.getHeader("Retry-After")));
  }

  boolean isError() {
    return status >= 400;
  }
}
