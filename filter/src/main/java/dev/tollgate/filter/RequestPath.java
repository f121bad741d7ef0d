package dev.tollgate.filter;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The path of a request within the application, read twice.
 *
 * <p>The first reading is what the container dispatches by: servlet path and path info, which it
 * has decoded. It decides which servlet answers, so it decides the limits, too. But servers differ
 * in what they leave in it ({@code //}, {@code ..;/}, {@code %2f}), and frameworks behind a servlet
 * of {@code /*} tidy the rest up by rules of their own. The second reading is therefore the tidiest
 * that any of them could make. A route that either reading matches is charged; where the two match
 * different routes the request is refused, so that no spelling of a path can choose a laxer limit.
 * Reading twice may charge a path that nobody serves; it never lets one that somebody serves pass.
 *
 * <p>Both readings ignore case and a slash at the end.
 *
 * @param dispatched as the container dispatches it
 * @param tidied decoded once more, without parameters, empty and dot segments
 */
record RequestPath(String dispatched, String tidied) {

  private static final Pattern UNTIDY = Pattern.compile("[%;\\\\]|//|/\\.");
  private static final Pattern SEPARATORS = Pattern.compile("[/\\\\]+");
  private static final Pattern MALFORMED_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");

  static RequestPath of(HttpServletRequest request) {
    return of(dispatchedPath(request));
  }

  static RequestPath of(String path) {
    return new RequestPath(fold(path), fold(tidy(path)));
  }

  boolean isAmbiguous() {
    return !dispatched.equals(tidied);
  }

  private static String dispatchedPath(HttpServletRequest request) {
    if (request.getDispatcherType() == DispatcherType.INCLUDE) {
      Object servletPath = request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH);
      Object pathInfo = request.getAttribute(RequestDispatcher.INCLUDE_PATH_INFO);
      if (servletPath != null || pathInfo != null) {
        return orEmpty(servletPath) + orEmpty(pathInfo);
      }
    }
    return orEmpty(request.getServletPath()) + orEmpty(request.getPathInfo());
  }

  private static String orEmpty(Object part) {
    return Optional.ofNullable(part).map(Object::toString).orElse("");
  }

  private static String fold(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    int end = lower.length();
    while (end > 1 && lower.charAt(end - 1) == '/') {
      end--;
    }
    return end == 0 ? "/" : lower.substring(0, end);
  }

  private static String tidy(String path) {
    if (!UNTIDY.matcher(path).find()) {
      return path;
    }
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : SEPARATORS.split(decode(path))) {
      int parameters = segment.indexOf(';');
      String name = parameters < 0 ? segment : segment.substring(0, parameters);
      if (name.equals("..")) {
        segments.pollLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        segments.addLast(name);
      }
    }
    return "/" + String.join("/", segments);
  }

  private static String decode(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    String wellFormed = MALFORMED_ESCAPE.matcher(path).replaceAll("%25");
    return URLDecoder.decode(wellFormed.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
