package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Price;
import dev.tollgate.Price.LongContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An object of models by name, such as {@code gpt-5} or {@code azure/gpt-5}; prices in dollars for
 * a token; the thresholds of long contexts are in the names of the keys.
 */
final class LiteLlmPrices {

  private static final RateKeys KEYS =
      new RateKeys(
          "input_cost_per_token",
          "cache_read_input_token_cost",
          "cache_creation_input_token_cost",
          "cache_creation_input_token_cost_above_1hr",
          "output_cost_per_token",
          "output_cost_per_reasoning_token",
          false);

  private static final Pattern ABOVE =
      Pattern.compile("(?:in|out)put_cost_per_token(_above_\\d{1,6}k_tokens)");

  private static final String EXAMPLE = "sample_spec";

  private LiteLlmPrices() {}

  static void read(JsonNode file, Catalogue.Builder catalogue) {
    for (Map.Entry<String, JsonNode> model : file.properties()) {
      if (!model.getKey().equals(EXAMPLE)) {
        KEYS.price(model.getValue())
            .map(base -> base.with(longContext(model.getValue(), base)))
            .ifPresent(price -> add(model.getKey(), price, catalogue));
      }
    }
  }

  private static void add(String name, Price price, Catalogue.Builder catalogue) {
    int slash = name.lastIndexOf('/');
    if (slash < 0) {
      catalogue.add(name, Catalogue.ALWAYS, price);
    } else {
      catalogue.add(name.substring(0, slash), name.substring(slash + 1), Catalogue.ALWAYS, price);
    }
  }

  private static List<LongContext> longContext(JsonNode model, Price base) {
    Set<String> suffixes = new TreeSet<>();
    for (Map.Entry<String, JsonNode> field : model.properties()) {
      Matcher above = ABOVE.matcher(field.getKey());
      if (above.matches()) {
        suffixes.add(above.group(1));
      }
    }
    List<LongContext> tiers = new ArrayList<>();
    for (String suffix : suffixes) {
      long threshold = Long.parseLong(suffix.replaceAll("\\D", "")) * 1000;
      KEYS.suffixed(suffix)
          .price(model, base)
          .ifPresent(price -> tiers.add(new LongContext(threshold, price)));
    }
    return tiers;
  }
}
