package dev.tollgate.dashboard;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Locale;

/** What a client wants to be answered with. Stateless. */
final class Accepted {

  private static final int MAX_RANGES = 50;

  private Accepted() {}

  /** Whether a request names HTML and likes it at least as much as JSON: browsers do. */
  static boolean isHtml(HttpServletRequest request) {
    String accepted = String.join(",", Collections.list(request.getHeaders("Accept")));
    double html =
        Math.max(quality(accepted, "text/html"), quality(accepted, "application/xhtml+xml"));
    return html > 0 && html >= quality(accepted, "application/json");
  }

  private static double quality(String accepted, String type) {
    String[] ranges = accepted.toLowerCase(Locale.ROOT).split(",", MAX_RANGES);
    for (String range : ranges) {
      String[] parts = range.split(";");
      if (parts.length > 0 && parts[0].strip().equals(type)) {
        return quality(parts);
      }
    }
    return 0;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException malformed) {
          return 0;
        }
      }
    }
    return 1;
  }
}
