package dev.tollgate.filter;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads secrets from a request. Nothing in it is trusted: every length is bounded. */
final class Credentials {

  static final int MAX_SECRET_LENGTH = 4096;
  static final int MAX_TOKEN_LENGTH = 16_384;

  private static final String AUTHORIZATION = "Authorization";
  private static final Pattern BEARER =
      Pattern.compile("bearer +(\\S.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private Credentials() {}

  /**
   * The secret in a header; empty when it is missing or blank.
   *
   * @throws RejectedException when there are two, or it is too long
   */
  static Optional<String> header(HttpServletRequest request, String name) throws RejectedException {
    return bounded(single(request, name), name, MAX_SECRET_LENGTH);
  }

  /**
   * The whole token of {@code Authorization: Bearer} as a secret.
   *
   * @throws RejectedException when there are two, or it is too long
   */
  static Optional<String> bearer(HttpServletRequest request) throws RejectedException {
    return bounded(token(request), AUTHORIZATION, MAX_SECRET_LENGTH);
  }

  /**
   * The token of {@code Authorization: Bearer} for its claims, which may be longer than a secret.
   *
   * @throws RejectedException when there are two, or it is too long
   */
  static Optional<String> claimsToken(HttpServletRequest request) throws RejectedException {
    return bounded(token(request), AUTHORIZATION, MAX_TOKEN_LENGTH);
  }

  /**
   * The secret in the first cookie of this name; empty when it is missing or blank.
   *
   * @throws RejectedException when it is too long
   */
  static Optional<String> cookie(HttpServletRequest request, String name) throws RejectedException {
    Cookie[] cookies = request.getCookies();
    Optional<String> value =
        Optional.ofNullable(cookies).stream()
            .flatMap(Arrays::stream)
            .filter(cookie -> cookie.getName().equals(name))
            .map(Cookie::getValue)
            .filter(text -> text != null && !text.isBlank())
            .findFirst();
    return bounded(value, name, MAX_SECRET_LENGTH);
  }

  private static Optional<String> token(HttpServletRequest request) throws RejectedException {
    return single(request, AUTHORIZATION)
        .map(BEARER::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1));
  }

  private static Optional<String> single(HttpServletRequest request, String name)
      throws RejectedException {
    Enumeration<String> values = request.getHeaders(name);
    List<String> all = values == null ? List.of() : Collections.list(values);
    if (all.size() > 1) {
      throw new RejectedException(Fault.BAD_REQUEST, "Send the header " + name + " only once.");
    }
    return all.stream().map(String::strip).filter(value -> !value.isEmpty()).findFirst();
  }

  private static Optional<String> bounded(Optional<String> value, String name, int max)
      throws RejectedException {
    if (value.isPresent() && value.get().length() > max) {
      throw new RejectedException(
          Fault.BAD_REQUEST, name + " is longer than " + max + " characters: send a shorter one.");
    }
    return value;
  }
}
