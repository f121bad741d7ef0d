package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Price;
import dev.tollgate.Price.LongContext;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A list {@code models} of entries with {@code provider}, {@code model}, {@code aliases}, {@code
 * from} and prices as decimal texts, in dollars for a million tokens. A model has an entry for each
 * day from which its price changes.
 */
final class OwnPrices {

  private static final RateKeys KEYS =
      new RateKeys(
          "input", "cacheRead", "cacheWrite", "hourCacheWrite", "output", "reasoning", true);

  private static final Set<String> KNOWN =
      Set.of(
          "provider",
          "model",
          "aliases",
          "from",
          "input",
          "cacheRead",
          "cacheWrite",
          "hourCacheWrite",
          "output",
          "reasoning",
          "longContext");

  private OwnPrices() {}

  static void read(JsonNode file, Catalogue.Builder catalogue) throws PriceFileException {
    int number = 0;
    for (JsonNode entry : file.path("models")) {
      number++;
      String model = entry.path("model").asText();
      String where = "model " + number + " '" + model + "': ";
      for (Map.Entry<String, JsonNode> field : entry.properties()) {
        check(KNOWN.contains(field.getKey()), where + "unknown key " + field.getKey());
      }
      check(!model.isEmpty(), where + "model must be a text");
      check(entry.path("provider").isTextual(), where + "provider must be a text");
      LocalDate from = from(entry, where);
      Price price = price(entry, where);
      catalogue.add(entry.path("provider").asText(), model, from, price);
      for (JsonNode alias : entry.path("aliases")) {
        catalogue.add(entry.path("provider").asText(), alias.asText(), from, price);
      }
    }
  }

  private static Price price(JsonNode entry, String where) throws PriceFileException {
    Optional<Price> base = KEYS.price(entry);
    check(base.isPresent() && entry.has("output"), where + priceRule());
    List<LongContext> tiers = new ArrayList<>();
    for (JsonNode tier : entry.path("longContext")) {
      var above = RateKeys.threshold(tier.path("above"));
      Optional<Price> price = KEYS.price(tier, base.orElseThrow());
      check(above.isPresent() && price.isPresent(), where + "longContext needs above and prices");
      tiers.add(new LongContext(above.orElseThrow(), price.orElseThrow()));
    }
    return base.orElseThrow().with(tiers);
  }

  private static String priceRule() {
    return "input and output must be, and others may be, decimals of USD per 1M tokens, as in \"1.25\"";
  }

  private static LocalDate from(JsonNode entry, String where) throws PriceFileException {
    if (!entry.has("from")) {
      return Catalogue.ALWAYS;
    }
    try {
      return LocalDate.parse(entry.path("from").asText());
    } catch (DateTimeParseException noDay) {
      throw new PriceFileException(where + "from must be a day, as in 2026-09-01", noDay);
    }
  }

  private static void check(boolean holds, String otherwise) throws PriceFileException {
    if (!holds) {
      throw new PriceFileException(otherwise);
    }
  }
}
