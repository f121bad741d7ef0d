package dev.tollgate.servers;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/**
 * What a caller has been charged this month. Immutable.
 *
 * @param costUsd in dollars
 */
record Account(long requests, long tokens, BigDecimal costUsd) {

  /** How a caller of a tier with quotas of all three meters stands. */
  static Account of(Client client, String key) {
    JsonNode usage = client.usage(key);
    return new Account(
        used(usage, "requests").longValueExact(),
        used(usage, "tokens").longValueExact(),
        used(usage, "cost"));
  }

  private static BigDecimal used(JsonNode usage, String meter) {
    for (JsonNode limit : usage.path("limits")) {
      boolean month = limit.path("window").asText().equals("month");
      if (month && limit.path("meter").asText().equals(meter)) {
        return new BigDecimal(limit.path("used").asText());
      }
    }
    throw new AssertionError("No quota of " + meter + " a month in " + usage);
  }

  /** What was charged since then. */
  Account since(Account before) {
    return new Account(
        requests - before.requests, tokens - before.tokens, costUsd.subtract(before.costUsd));
  }

  boolean isNothing() {
    return requests == 0 && tokens == 0 && costUsd.signum() == 0;
  }
}
