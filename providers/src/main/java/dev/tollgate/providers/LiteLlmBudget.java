package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Window;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The budget of one virtual key of a LiteLLM proxy. The proxy knows its keys by their SHA-256 and
 * takes that in their place, so the key itself is never sent.
 */
final class LiteLlmBudget implements LimitDialect {

  private static final String INFO = "/key/info";
  private static final String UPDATE = "/key/update";

  /** The proxy starts 30 days again on the first of a month, too. */
  private static final List<String> MONTH = List.of("1mo", "30d");

  private static final List<String> DAY = List.of("1d");

  private final AdminApi api;
  private final String hash;
  private final List<String> durations;

  /**
   * @param key begins with {@code sk-}, or is the hash of one that does
   */
  LiteLlmBudget(AdminApi api, String key, Window.Unit window) {
    this.api = api;
    this.hash = key.startsWith("sk-") ? sha256(key) : key;
    this.durations = window == Window.Unit.DAY ? DAY : MONTH;
  }

  private static String sha256(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  @Override
  public Optional<Found> read() throws ProviderApiException {
    JsonNode info = api.get(INFO, "key=" + hash).path("info");
    if (!info.isObject()) {
      throw api.malformed(INFO, "has no info");
    }
    JsonNode budget = info.path("max_budget");
    if (budget.isNull() || budget.isMissingNode()) {
      return Optional.empty();
    }
    BigDecimal usd =
        Json.decimal(budget)
            .orElseThrow(() -> api.malformed(INFO, "has a max_budget that is no number"));
    return Optional.of(new Found(usd, durations.contains(info.path("budget_duration").asText())));
  }

  @Override
  public void write(BigDecimal usd) throws ProviderApiException {
    api.post(
        UPDATE,
        "{\"key\":\""
            + hash
            + "\",\"max_budget\":"
            + usd.toPlainString()
            + ",\"budget_duration\":\""
            + durations.get(0)
            + "\"}");
  }
}
