package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Price;
import dev.tollgate.Price.LongContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A list {@code data} of models, named {@code maker/model}; prices as texts, in dollars for a
 * token, -1 if the price depends; {@code overrides} for long prompts and for times of the day, of
 * which the dearest counts.
 */
final class OpenRouterPrices {

  private static final RateKeys KEYS =
      new RateKeys(
          "prompt",
          "input_cache_read",
          "input_cache_write",
          "input_cache_write_1h",
          "completion",
          "internal_reasoning",
          false);

  private OpenRouterPrices() {}

  static void read(JsonNode file, Catalogue.Builder catalogue) {
    for (JsonNode model : file.path("data")) {
      String name = model.path("id").asText();
      int slash = name.indexOf('/');
      Optional<Price> price = price(model.path("pricing"));
      if (slash > 0 && price.isPresent()) {
        catalogue.add(
            name.substring(0, slash), name.substring(slash + 1), Catalogue.ALWAYS, price.get());
      }
    }
  }

  private static Optional<Price> price(JsonNode pricing) {
    Optional<Price> told = KEYS.price(pricing);
    if (told.isEmpty()) {
      return told;
    }
    Price base = told.get();
    List<LongContext> tiers = new ArrayList<>();
    for (JsonNode override : pricing.path("overrides")) {
      OptionalLong from = RateKeys.threshold(override.path("min_prompt_tokens"));
      Optional<Price> price = KEYS.price(override, told.get());
      if (price.isPresent() && from.isPresent() && from.getAsLong() > 0) {
        tiers.add(new LongContext(from.getAsLong() - 1, price.get()));
      } else if (price.isPresent()) {
        base = base.max(price.get());
      }
    }
    return Optional.of(base.with(tiers));
  }
}
