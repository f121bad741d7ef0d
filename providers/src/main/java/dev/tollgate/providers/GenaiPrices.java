package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.Price;
import dev.tollgate.Price.LongContext;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A list of providers, each with a list of models; prices in dollars for a million tokens, each by
 * itself with its thresholds. A model has one price or a list of them: from a day on, or at times
 * of the day, of which the dearest counts. Other names of a model are those that it must equal or
 * begin with to match.
 */
final class GenaiPrices {

  private static final RateKeys KEYS =
      new RateKeys(
          "input_mtok",
          "cache_read_mtok",
          "cache_write_mtok",
          "cache_write_1h_mtok",
          "output_mtok",
          "output_reasoning_mtok",
          true);

  private GenaiPrices() {}

  static void read(JsonNode file, Catalogue.Builder catalogue) {
    for (JsonNode provider : file) {
      for (JsonNode model : provider.path("models")) {
        Map<LocalDate, Price> dated = dated(model.path("prices"));
        for (String name : names(model)) {
          dated.forEach(
              (from, price) -> catalogue.add(provider.path("id").asText(), name, from, price));
        }
      }
    }
  }

  private static Set<String> names(JsonNode model) {
    Set<String> names = new TreeSet<>();
    names.add(model.path("id").asText());
    addNames(model.path("match"), names);
    names.remove("");
    return names;
  }

  private static void addNames(JsonNode match, Set<String> names) {
    names.add(Json.first(match, "equals", "starts_with").asText());
    match.path("or").forEach(clause -> addNames(clause, names));
  }

  private static Map<LocalDate, Price> dated(JsonNode prices) {
    if (!prices.isArray()) {
      Optional<Price> price = price(prices);
      return price.isPresent() ? Map.of(Catalogue.ALWAYS, price.get()) : Map.of();
    }
    NavigableMap<LocalDate, Price> dated = new TreeMap<>();
    List<Price> atTimes = new ArrayList<>();
    for (JsonNode entry : prices) {
      JsonNode constraint = entry.path("constraint");
      Optional<Price> price = price(entry.path("prices"));
      if (constraint.has("start_time")) {
        price.ifPresent(atTimes::add);
      } else {
        Optional<LocalDate> from = day(constraint.path("start_date"));
        from.ifPresent(day -> price.ifPresent(known -> dated.put(day, known)));
      }
    }
    dated.replaceAll((day, price) -> atTimes.stream().reduce(price, RateKeys::dearer));
    return dated;
  }

  private static Optional<LocalDate> day(JsonNode date) {
    if (!date.isTextual()) {
      return Optional.of(Catalogue.ALWAYS);
    }
    try {
      return Optional.of(LocalDate.parse(date.textValue()));
    } catch (DateTimeParseException noDay) {
      return Optional.empty();
    }
  }

  private static Optional<Price> price(JsonNode rates) {
    Set<Long> thresholds = new TreeSet<>();
    for (JsonNode rate : rates) {
      for (JsonNode tier : rate.path("tiers")) {
        RateKeys.threshold(tier.path("start")).ifPresent(thresholds::add);
      }
    }
    Optional<Price> base = KEYS.price(above(rates, -1));
    if (base.isEmpty()) {
      return base;
    }
    List<LongContext> tiers = new ArrayList<>();
    for (long threshold : thresholds) {
      KEYS.price(above(rates, threshold), base.get())
          .ifPresent(price -> tiers.add(new LongContext(threshold, price)));
    }
    return Optional.of(base.get().with(tiers));
  }

  /** The rates of calls with more input tokens than a threshold, as plain numbers. */
  private static ObjectNode above(JsonNode rates, long threshold) {
    ObjectNode plain = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> rate : rates.properties()) {
      JsonNode price = rate.getValue().has("base") ? rate.getValue().get("base") : rate.getValue();
      for (JsonNode tier : rate.getValue().path("tiers")) {
        long start = RateKeys.threshold(tier.path("start")).orElse(Long.MAX_VALUE);
        price = start <= threshold ? tier.path("price") : price;
      }
      plain.set(rate.getKey(), price);
    }
    return plain;
  }
}
