package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Optional;

/** OpenAI's hard spend limit: whole cents, by month. */
final class OpenAiSpendLimit implements LimitDialect {

  private final AdminApi api;
  private final String path;

  /**
   * @param project empty for the organization
   */
  OpenAiSpendLimit(AdminApi api, String project) {
    this.api = api;
    this.path =
        project.isEmpty()
            ? "/organization/spend_limit"
            : "/organization/projects/" + project + "/spend_limit";
  }

  @Override
  public Optional<Found> read() throws ProviderApiException {
    Optional<JsonNode> limit = api.find(path, "");
    return limit.isEmpty() ? Optional.empty() : found(limit.get());
  }

  private Optional<Found> found(JsonNode limit) throws ProviderApiException {
    JsonNode cents = limit.path("threshold_amount");
    if (!cents.isIntegralNumber() || !cents.canConvertToLong()) {
      throw api.malformed(path, "has no threshold_amount");
    }
    boolean month =
        limit.path("interval").asText().equals("month")
            && limit.path("currency").asText().equalsIgnoreCase("usd");
    return cents.longValue() <= 0
        ? Optional.empty()
        : Optional.of(new Found(BigDecimal.valueOf(cents.longValue(), 2), month));
  }

  @Override
  public void write(BigDecimal usd) throws ProviderApiException {
    String cents = usd.movePointRight(2).toBigIntegerExact().toString();
    api.post(
        path, "{\"threshold_amount\":" + cents + ",\"currency\":\"USD\",\"interval\":\"month\"}");
  }
}
