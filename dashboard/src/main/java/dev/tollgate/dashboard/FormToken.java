package dev.tollgate.dashboard;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells the forms of the operators' own pages from those of other sites: a secret that only the
 * operator's browser knows, in a cookie that no script can read and no other site can send, must
 * come back in the form. No process keeps anything, so any may answer. Thread-safe.
 */
final class FormToken {

  /** The name of the form's field. */
  static final String FIELD = "token";

  private static final String COOKIE = "tollgate-form";
  private static final int BYTES = 16;
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private final SecureRandom random;

  FormToken(SecureRandom random) {
    this.random = random;
  }

  /** The browser's token, which is given to it if it has none. */
  String issue(HttpServletRequest request, HttpServletResponse response) {
    Optional<String> known = cookie(request);
    if (known.isPresent()) {
      return known.get();
    }
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String token = HexFormat.of().formatHex(bytes);
    Cookie cookie = new Cookie(COOKIE, token);
    cookie.setPath(request.getContextPath() + AdminPage.PATH);
    cookie.setHttpOnly(true);
    cookie.setSecure(request.isSecure());
    cookie.setAttribute("SameSite", "Strict");
    response.addCookie(cookie);
    return token;
  }

  /**
   * @throws Problem when the request is not from a form of these pages, or cannot be read
   */
  void require(HttpServletRequest request) throws Problem {
    String site = request.getHeader("Sec-Fetch-Site");
    String sent = sent(request);
    boolean known =
        cookie(request)
            .filter(token -> MessageDigest.isEqual(ascii(token), ascii(sent)))
            .isPresent();
    if (!known || (site != null && !OWN_SITES.contains(site))) {
      throw Problem.forbidden("The form is not from this page, or too old: load the page again.");
    }
  }

  /**
   * The first question for a parameter makes the container read the form. It tells of one that it
   * cannot or will not read, such as one with too many fields, by any exception it likes.
   */
  private static String sent(HttpServletRequest request) throws Problem {
    try {
      return Optional.ofNullable(request.getParameter(FIELD)).orElse("");
    } catch (RuntimeException unreadable) {
      throw Problem.badRequest("The form cannot be read: load the page again.");
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<String> cookie(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    return cookies == null
        ? Optional.empty()
        : Arrays.stream(cookies)
            .filter(cookie -> cookie.getName().equals(COOKIE))
            .map(Cookie::getValue)
            .filter(value -> FORM.matcher(value).matches())
            .findFirst();
  }
}
