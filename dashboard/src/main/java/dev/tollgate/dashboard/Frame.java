package dev.tollgate.dashboard;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * What all pages have around their content.
 *
 * @param title of the page
 * @param wide whether the content fills a wide screen, and may have charts
 * @param live whether the content is fetched again every few seconds
 */
record Frame(String title, boolean wide, boolean live) {

  /** The parameter of a request that asks for the content alone. */
  static final String EMBED = "embed";

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  /** Lets a page run and show only what comes from its own server, within no other page. */
  static void protect(HttpServletResponse response) {
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    response.setHeader("Vary", "Accept");
  }

  /** Answers with the content, in its frame unless the request asks for the content alone. */
  void send(
      HttpServletRequest request, HttpServletResponse response, int status, Consumer<Html> content)
      throws IOException {
    Html html;
    if (request.getParameter(EMBED) != null) {
      html = new Html();
      content.accept(html);
    } else {
      html = Html.document();
      write(request, html, content);
    }
    byte[] body = html.finish().getBytes(StandardCharsets.UTF_8);
    protect(response);
    response.setStatus(status);
    response.setContentType("text/html;charset=UTF-8");
    response.setContentLength(body.length);
    response.setHeader("Cache-Control", "no-store");
    response.getOutputStream().write(body);
  }

  private void write(HttpServletRequest request, Html html, Consumer<Html> content) {
    html.open("html", "lang", "en").open("head");
    html.leaf("meta", "charset", "utf-8");
    html.leaf("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.leaf("meta", "name", "color-scheme", "content", "light dark");
    html.element("title", title + " · Tollgate");
    String icon = Assets.address(request, "gate.svg");
    html.leaf("link", "rel", "icon", "href", icon, "type", "image/svg+xml");
    if (wide) {
      html.leaf("link", "rel", "stylesheet", "href", Assets.address(request, "uplot.css"));
    }
    html.leaf("link", "rel", "stylesheet", "href", Assets.address(request, "pages.css"));
    html.element("script", "", "type", "module", "src", Assets.address(request, "page.js"));
    html.close();
    html.open("body");
    html.element("a", "Skip to the content", "class", "skip", "href", "#content");
    html.open("header", "class", "top").open("div", "class", "brand");
    html.leaf("img", "src", icon, "alt", "", "width", "30", "height", "30");
    html.open("h1").text("Tollgate ").element("span", title).close().close();
    html.open("div", "class", "freshness");
    html.element("p", "", "class", "pulse", "id", "pulse", "role", "status");
    html.close().close();
    html.open("main", "id", "content", "class", wide ? "wide" : "narrow");
    html.open("div", live ? "data-live" : "data-still", "");
    content.accept(html);
    html.close().close().close().close();
  }
}
