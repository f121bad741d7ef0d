package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Price;
import dev.tollgate.Price.LongContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An object of providers, each with an object of models; prices in dollars for a million tokens;
 * long contexts in {@code tiers}, in older files in {@code context_over_200k}.
 */
final class ModelsDevPrices {

  private static final RateKeys KEYS =
      new RateKeys(
          "input", "cache_read", "cache_write", "cache_write_1h", "output", "reasoning", true);

  private ModelsDevPrices() {}

  static void read(JsonNode file, Catalogue.Builder catalogue) {
    for (Map.Entry<String, JsonNode> provider : file.properties()) {
      for (Map.Entry<String, JsonNode> model : provider.getValue().path("models").properties()) {
        JsonNode cost = model.getValue().path("cost");
        KEYS.price(cost)
            .map(base -> base.with(longContext(cost, base)))
            .ifPresent(
                price -> catalogue.add(provider.getKey(), model.getKey(), Catalogue.ALWAYS, price));
      }
    }
  }

  private static List<LongContext> longContext(JsonNode cost, Price base) {
    List<LongContext> tiers = new ArrayList<>();
    for (JsonNode tier : cost.path("tiers")) {
      if (tier.path("tier").path("type").asText().equals("context")) {
        RateKeys.threshold(tier.path("tier").path("size"))
            .ifPresent(size -> add(tiers, size, tier, base));
      }
    }
    if (tiers.isEmpty()) {
      add(tiers, 200_000, cost.path("context_over_200k"), base);
    }
    return tiers;
  }

  private static void add(List<LongContext> tiers, long above, JsonNode rates, Price base) {
    KEYS.price(rates, base).ifPresent(price -> tiers.add(new LongContext(above, price)));
  }
}
