package dev.tollgate.dashboard;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/**
 * The way between the operators' pages.
 *
 * @param base their common address
 * @param here the path of the page itself below it
 */
record AdminMenu(String base, String here) {

  private record Entry(String path, String title) {}

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry("", "Overview"),
          new Entry("/spend", "Spend"),
          new Entry("/callers", "Callers"),
          new Entry("/configuration", "Configuration"));

  static AdminMenu of(HttpServletRequest request) {
    String path = request.getPathInfo() == null ? "" : request.getPathInfo();
    return new AdminMenu(request.getContextPath() + AdminPage.PATH, path.equals("/") ? "" : path);
  }

  void write(Html html) {
    html.open("nav", "class", "menu", "aria-label", "Operators' pages");
    for (Entry entry : ENTRIES) {
      String address = base + entry.path();
      if (entry.path().equals(here)) {
        html.element("a", entry.title(), "href", address, "aria-current", "page");
      } else {
        html.element("a", entry.title(), "href", address);
      }
    }
    html.close();
  }
}
