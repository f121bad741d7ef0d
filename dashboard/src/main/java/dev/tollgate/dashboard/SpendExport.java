package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.Money;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was spent, for other programs. Costs are exact decimals of dollars, times are UTC.
 * Immutable.
 *
 * @param dimension what the names are of
 */
record SpendExport(Analytics.Dimension dimension, Period.Span span, List<Analytics.Point> points) {

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

  /** The whole export. */
  String write(Format format) throws IOException {
    List<Map<String, Object>> rows =
        points.stream().map(format == Format.FOCUS ? this::focus : this::row).toList();
    if (format == Format.JSON_LINES) {
      StringBuilder lines = new StringBuilder();
      for (Map<String, Object> row : rows) {
        lines.append(Json.text(row)).append('\n');
      }
      return lines.toString();
    }
    return csv(rows);
  }

  private Map<String, Object> row(Analytics.Point point) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("from", point.start().toString());
    row.put("to", end(point).toString());
    row.put(Words.dashed(dimension), point.name());
    row.put("costUsd", Money.usd(point.totals().costNanoUsd()).toPlainString());
    row.put("requests", point.totals().requests());
    row.put("restricted", point.totals().restricted());
    row.put("refused", point.totals().refused());
    row.put("inputTokens", point.totals().inputTokens());
    row.put("outputTokens", point.totals().outputTokens());
    row.put("estimatedCalls", point.totals().estimated());
    return row;
  }

  private Map<String, Object> focus(Analytics.Point point) {
    String cost = Money.usd(point.totals().costNanoUsd()).toPlainString();
    Map<String, Object> row = new LinkedHashMap<>();
    LocalDate day = LocalDate.ofInstant(point.start(), ZoneOffset.UTC);
    Period month = Period.of(Period.Span.MONTH, day);
    row.put("BillingPeriodStart", month.from().toString());
    row.put("BillingPeriodEnd", month.to().toString());
    row.put("ChargePeriodStart", point.start().toString());
    row.put("ChargePeriodEnd", end(point).toString());
    row.put("ChargeCategory", "Usage");
    row.put("ChargeDescription", "Calls by " + Words.dashed(dimension) + " " + point.name());
    row.put("BilledCost", cost);
    row.put("EffectiveCost", cost);
    row.put("ListCost", cost);
    row.put("ContractedCost", cost);
    row.put("BillingCurrency", "USD");
    row.put("ConsumedQuantity", point.totals().inputTokens() + point.totals().outputTokens());
    row.put("ConsumedUnit", "Tokens");
    row.put("ServiceCategory", "AI and Machine Learning");
    row.put("ServiceName", point.name());
    row.put("ProviderName", provider(point.name()));
    row.put("x_Requests", point.totals().requests());
    return row;
  }

  private String provider(String name) {
    return switch (dimension) {
      case PROVIDER -> name;
      case MODEL -> GenAiProvider.of(name);
      case TIER, ROUTE -> "";
    };
  }

  private Instant end(Analytics.Point point) {
    return span.end(point.start());
  }

  private static String csv(List<Map<String, Object>> rows) {
    List<String> lines = new ArrayList<>();
    for (Map<String, Object> row : rows) {
      if (lines.isEmpty()) {
        lines.add(String.join(",", row.keySet()));
      }
      lines.add(row.values().stream().map(SpendExport::cell).collect(Collectors.joining(",")));
    }
    return lines.isEmpty() ? "" : String.join("\r\n", lines) + "\r\n";
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
