package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads bills. Thread-safe. Waits up to half a minute for each page, and leaves no thread behind.
 */
public final class BillReader {

  /** A bill of more pages is refused. */
  static final int MAX_PAGES = 20;

  /** A day of more than 100 million dollars is refused, so that a month can be added up. */
  private static final BigDecimal MAX_USD = new BigDecimal("1e8");

  private final CostDialect dialect;

  BillReader(CostDialect dialect) {
    this.dialect = dialect;
  }

  /**
   * What the provider charged from one day of UTC to another, both included. The latest hours, and
   * so the latest days, may still grow.
   *
   * @throws ProviderApiException when the provider did not answer, or not as its API is specified
   */
  public Bill read(LocalDate first, LocalDate last) throws ProviderApiException {
    SortedMap<LocalDate, BigDecimal> days = new TreeMap<>();
    String cursor = "";
    for (int pages = 0; pages < MAX_PAGES; pages++) {
      JsonNode page = dialect.page(first, last, cursor);
      add(page, days);
      if (!page.path("has_more").asBoolean()) {
        return bill(days.subMap(first, last.plusDays(1)));
      }
      cursor = page.path("next_page").asText("");
      if (cursor.isEmpty()) {
        throw dialect.malformed("has more pages and does not say which");
      }
    }
    throw dialect.malformed("has more than " + MAX_PAGES + " pages");
  }

  private void add(JsonNode page, SortedMap<LocalDate, BigDecimal> days)
      throws ProviderApiException {
    if (!page.path("data").isArray()) {
      throw dialect.malformed("has no list of days");
    }
    for (JsonNode entry : page.path("data")) {
      LocalDate day =
          dialect.day(entry).orElseThrow(() -> dialect.malformed("has a day without its date"));
      days.merge(day, total(entry, day), BigDecimal::add);
    }
  }

  private BigDecimal total(JsonNode entry, LocalDate day) throws ProviderApiException {
    if (!entry.path("results").isArray()) {
      throw dialect.malformed("has no list of results on " + day);
    }
    BigDecimal total = BigDecimal.ZERO;
    for (JsonNode result : entry.path("results")) {
      if (dialect.counts(result)) {
        total =
            total.add(
                dialect
                    .usd(result)
                    .orElseThrow(
                        () ->
                            dialect.malformed("has an amount on " + day + " that is no dollars")));
      }
    }
    return total;
  }

  private Bill bill(SortedMap<LocalDate, BigDecimal> days) throws ProviderApiException {
    SortedMap<LocalDate, Long> nanoUsd = new TreeMap<>();
    for (var day : days.entrySet()) {
      if (day.getValue().abs().compareTo(MAX_USD) > 0) {
        throw dialect.malformed("has an amount on " + day.getKey() + " beyond all measure");
      }
      BigDecimal nanos = day.getValue().movePointRight(9).setScale(0, RoundingMode.CEILING);
      nanoUsd.put(day.getKey(), nanos.longValueExact());
    }
    return new Bill(nanoUsd);
  }
}
