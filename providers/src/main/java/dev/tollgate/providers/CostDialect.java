package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Optional;

/**
 * How an API tells costs: in pages, {@code data} a list of days, each with a list of {@code
 * results}, {@code has_more} and {@code next_page}.
 */
sealed interface CostDialect permits OpenAiCosts, AnthropicCosts {

  /**
   * A page of the days from {@code first} to {@code last}, and maybe of days beyond.
   *
   * @param cursor empty for the first page
   */
  JsonNode page(LocalDate first, LocalDate last, String cursor) throws ProviderApiException;

  /** The day of UTC of an entry of {@code data}; empty if it tells none. */
  Optional<LocalDate> day(JsonNode entry);

  /** Whether a result belongs to what is billed. */
  boolean counts(JsonNode result);

  /** Dollars of a result; empty if it tells none. */
  Optional<BigDecimal> usd(JsonNode result);

  /** The error for a page that does not say what pages say. */
  ProviderApiException malformed(String what);

  static String pageParameter(String cursor) {
    return cursor.isEmpty() ? "" : "&page=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
  }
}
