package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Window;
import java.math.BigDecimal;
import java.util.Optional;

/** The limit of one key of OpenRouter, which starts again at midnight UTC. */
final class OpenRouterLimit implements LimitDialect {

  private final AdminApi api;
  private final String path;
  private final String reset;

  /**
   * @param hash names the key
   */
  OpenRouterLimit(AdminApi api, String hash, Window.Unit window) {
    this.api = api;
    this.path = "/keys/" + hash;
    this.reset = window == Window.Unit.DAY ? "daily" : "monthly";
  }

  @Override
  public Optional<Found> read() throws ProviderApiException {
    JsonNode data = api.get(path, "").path("data");
    if (!data.has("limit")) {
      throw api.malformed(path, "has no limit");
    }
    if (data.path("limit").isNull()) {
      return Optional.empty();
    }
    BigDecimal limit =
        Json.decimal(data.path("limit"))
            .orElseThrow(() -> api.malformed(path, "has a limit that is no number"));
    return Optional.of(new Found(limit, data.path("limit_reset").asText().equals(reset)));
  }

  @Override
  public void write(BigDecimal usd) throws ProviderApiException {
    api.patch(path, "{\"limit\":" + usd.toPlainString() + ",\"limit_reset\":\"" + reset + "\"}");
  }
}
