package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.Money;
import dev.tollgate.store.StoreException;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What was spent, for other programs. Costs are exact decimals of dollars, times are UTC.
 * Immutable.
 *
 * @param columns the names of its columns
 * @param rows are made as they are written
 */
record SpendExport(Format format, List<String> columns, Iterable<Map<String, Object>> rows) {

  /** How it is written. */
  enum Format {
    CSV("CSV", "text/csv;charset=UTF-8", "csv"),
    JSON_LINES("JSON lines", "application/x-ndjson", "jsonl"),
    /** Rows of FOCUS 1.0, the FinOps open cost and usage specification, as CSV. */
    FOCUS("FOCUS", "text/csv;charset=UTF-8", "focus.csv");

    private final String title;
    private final String type;
    private final String ending;

    Format(String title, String type, String ending) {
      this.title = title;
      this.type = type;
      this.ending = ending;
    }

    String title() {
      return title;
    }

    String type() {
      return type;
    }

    String ending() {
      return ending;
    }

    String parameter() {
      return Words.dashed(this);
    }

    /**
     * @throws Problem when there is no such format
     */
    static Format of(String parameter) throws Problem {
      return Arrays.stream(values())
          .filter(format -> format.parameter().equals(parameter))
          .findFirst()
          .orElseThrow(() -> Problem.badRequest("format: it is csv, json-lines or focus"));
    }
  }

  /**
   * All of it, read before anything is written.
   *
   * @throws StoreException when the store does not answer
   */
  static SpendExport read(Analytics analytics, SpendQuery query, Format format)
      throws StoreException {
    Period.Span span = query.period().span();
    if (format == Format.FOCUS) {
      List<Analytics.Part> parts =
          analytics.parts(span.resolution(), query.period().from(), query.period().to()).stream()
              .filter(FocusRow::isCharge)
              .toList();
      return new SpendExport(
          format,
          FocusRow.COLUMNS,
          () -> parts.stream().map(part -> new FocusRow(part, span).values()).iterator());
    }
    List<Analytics.Point> points = query.points(analytics, Analytics.MAX_NAMES);
    String name = Words.dashed(query.by());
    return new SpendExport(
        format,
        columns(name),
        () -> points.stream().map(point -> row(point, name, span)).iterator());
  }

  private static List<String> columns(String name) {
    return Stream.of(
            "from",
            "to",
            name,
            "costUsd",
            "requests",
            "restricted",
            "refused",
            "inputTokens",
            "outputTokens",
            "estimatedCalls")
        .toList();
  }

  private static Map<String, Object> row(Analytics.Point point, String name, Period.Span span) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("from", point.start().toString());
    row.put("to", span.end(point.start()).toString());
    row.put(name, point.name());
    row.put("costUsd", Money.usd(point.totals().costNanoUsd()).toPlainString());
    row.put("requests", point.totals().requests());
    row.put("restricted", point.totals().restricted());
    row.put("refused", point.totals().refused());
    row.put("inputTokens", point.totals().inputTokens());
    row.put("outputTokens", point.totals().outputTokens());
    row.put("estimatedCalls", point.totals().estimated());
    return row;
  }

  void writeTo(Writer out) throws IOException {
    if (format != Format.JSON_LINES) {
      writeCells(out, columns);
    }
    for (Map<String, Object> row : rows) {
      if (format == Format.JSON_LINES) {
        out.write(Json.text(row) + "\n");
      } else {
        writeCells(out, row.values());
      }
    }
  }

  private static void writeCells(Writer out, Collection<?> cells) throws IOException {
    out.write(cells.stream().map(SpendExport::cell).collect(Collectors.joining(",", "", "\r\n")));
  }

  /** A text that a spreadsheet would take for a formula begins with an apostrophe. */
  private static String cell(Object value) {
    String text = value.toString();
    if (!(value instanceof String)) {
      return text;
    }
    String plain = text.matches("(?s)[=+\\-@\t\r].*") ? "'" + text : text;
    return plain.matches("(?s).*[\",\r\n].*") ? '"' + plain.replace("\"", "\"\"") + '"' : plain;
  }
}
