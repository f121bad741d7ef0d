package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The costs of an OpenAI organization: times in seconds, amounts in dollars as numbers or texts.
 */
final class OpenAiCosts implements CostDialect {

  private static final String PATH = "/organization/costs";
  private static final int MAX_DAYS = 180;

  private final AdminApi api;
  private final String project;

  OpenAiCosts(AdminApi api, String project) {
    this.api = api;
    this.project = project;
  }

  @Override
  public JsonNode page(LocalDate first, LocalDate last, String cursor) throws ProviderApiException {
    String query =
        "bucket_width=1d&limit="
            + MAX_DAYS
            + "&start_time="
            + start(first)
            + "&end_time="
            + start(last.plusDays(1));
    String filter = project.isEmpty() ? "" : "&project_ids=" + project;
    return api.get(PATH, query + filter + CostDialect.pageParameter(cursor));
  }

  private static long start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
  }

  @Override
  public Optional<LocalDate> day(JsonNode entry) {
    JsonNode start = entry.path("start_time");
    return start.canConvertToInt() && start.isIntegralNumber()
        ? Optional.of(LocalDate.ofInstant(Instant.ofEpochSecond(start.intValue()), ZoneOffset.UTC))
        : Optional.empty();
  }

  @Override
  public boolean counts(JsonNode result) {
    return true;
  }

  @Override
  public Optional<BigDecimal> usd(JsonNode result) {
    JsonNode amount = result.path("amount");
    return amount.path("currency").asText().equalsIgnoreCase("usd")
        ? Json.decimal(amount.path("value"))
        : Optional.empty();
  }

  @Override
  public ProviderApiException malformed(String what) {
    return api.malformed(PATH, what);
  }
}
