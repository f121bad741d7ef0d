package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.store.StoreException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What was spent: {@code /tollgate/admin/spend} over a period, {@code /tollgate/admin/hour} behind
 * one hour, and {@code /tollgate/admin/export} for other programs. While the store does not answer
 * they say so. Thread-safe.
 */
final class SpendPages {

  private static final String UNKNOWN =
      "What was spent is not known now: the store does not answer.";
  private static final int MAX_PAGES = 10_000;

  private final Analytics analytics;
  private final InstantSource clock;

  SpendPages(Analytics analytics, InstantSource clock) {
    this.analytics = analytics;
    this.clock = clock;
  }

  private interface Reading {
    Consumer<Html> read(String base, int page, Numbers numbers) throws StoreException;
  }

  void sendPeriod(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    SpendQuery query = SpendQuery.of(request, clock.instant());
    send(
        request,
        response,
        (base, page, numbers) -> SpendView.read(analytics, query, page, numbers, base)::write);
  }

  void sendHour(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    HourQuery query = HourQuery.of(request, clock.instant());
    send(
        request,
        response,
        (base, page, numbers) -> HourView.read(analytics, query, page, numbers, base)::write);
  }

  private static void send(
      HttpServletRequest request, HttpServletResponse response, Reading reading)
      throws Problem, IOException {
    String base = request.getContextPath() + AdminPage.PATH;
    int page = page(request);
    Consumer<Html> content;
    int status = 200;
    try {
      content = reading.read(base, page, new Numbers(request.getLocale()));
    } catch (StoreException unanswered) {
      content = html -> html.element("p", UNKNOWN, "class", "notice", "data-kind", "warn");
      status = 503;
    }
    Consumer<Html> shown = content;
    AdminPage.frame("Spend")
        .send(request, response, status, html -> AdminPage.section(request, html, shown));
  }

  private static int page(HttpServletRequest request) throws Problem {
    String text = Optional.ofNullable(request.getParameter("callers")).orElse("0");
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > MAX_PAGES) {
      throw Problem.badRequest("callers: it is a page, from 0 to " + MAX_PAGES);
    }
    return Integer.parseInt(text);
  }

  void sendExport(HttpServletRequest request, HttpServletResponse response)
      throws Problem, IOException {
    SpendExport.Format format =
        SpendExport.Format.of(Optional.ofNullable(request.getParameter("format")).orElse("csv"));
    SpendQuery query = SpendQuery.of(request, clock.instant());
    SpendExport export;
    try {
      export = SpendExport.read(analytics, query, format);
    } catch (StoreException unanswered) {
      throw Problem.unavailable(UNKNOWN + " Nothing was exported.");
    }
    String name = "spend-" + query.period().firstDay() + "." + format.ending();
    response.setHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
    response.setHeader("Cache-Control", "no-store");
    response.setContentType(format.type());
    try (Writer out =
        new BufferedWriter(
            new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8))) {
      export.writeTo(out);
    }
  }
}
