package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.net.URI;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/** The cost report of an Anthropic organization: amounts in cents, as texts. */
final class AnthropicCosts implements CostDialect {

  private static final String PATH = "/organizations/cost_report";
  private static final int MAX_DAYS = 31;

  private final AdminApi api;
  private final String workspace;

  AnthropicCosts(AdminApi api, String workspace) {
    this.api = api;
    this.workspace = workspace;
  }

  static AdminApi api(URI base, String key, AdminApi.Patience patience) {
    return new AdminApi(
        base, Map.of("x-api-key", key, "anthropic-version", "2023-06-01"), patience);
  }

  /** The report has days that end before its end, so a day more is asked for. */
  @Override
  public JsonNode page(LocalDate first, LocalDate last, String cursor) throws ProviderApiException {
    String query =
        "bucket_width=1d&limit="
            + MAX_DAYS
            + "&starting_at="
            + start(first)
            + "&ending_at="
            + start(last.plusDays(2));
    String grouping = workspace.isEmpty() ? "" : "&group_by%5B%5D=workspace_id";
    return api.get(PATH, query + grouping + CostDialect.pageParameter(cursor));
  }

  private static String start(LocalDate day) {
    return day + "T00:00:00Z";
  }

  @Override
  public Optional<LocalDate> day(JsonNode entry) {
    try {
      return Optional.of(
          OffsetDateTime.parse(entry.path("starting_at").asText())
              .withOffsetSameInstant(ZoneOffset.UTC)
              .toLocalDate());
    } catch (DateTimeException noTime) {
      return Optional.empty();
    }
  }

  @Override
  public boolean counts(JsonNode result) {
    return workspace.isEmpty() || workspace.equals(result.path("workspace_id").asText());
  }

  @Override
  public Optional<BigDecimal> usd(JsonNode result) {
    return result.path("currency").asText().equalsIgnoreCase("usd")
        ? Json.decimal(result.path("amount")).map(cents -> cents.movePointLeft(2))
        : Optional.empty();
  }

  @Override
  public ProviderApiException malformed(String what) {
    return api.malformed(PATH, what);
  }
}
