package dev.tollgate.config;

import dev.tollgate.Money;
import dev.tollgate.Price;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a million tokens cost: {@code 3 in, 15 out, 0.30 cached, 3.75 cache-write, 6 cache-write-1h
 * USD per 1M}. Cached tokens cost as much as others where they have no price of their own, and
 * those kept for an hour as much as other writes.
 */
final class PriceSyntax {

  static final Syntax<Price> WHOLE =
      new Syntax<>("0.15 in, 0.60 out, 0.075 cached USD per 1M", PriceSyntax::parse);

  private static final String UNIT = "USD per 1M";
  private static final Set<String> PARTS =
      Set.of("in", "out", "cached", "cache-write", "cache-write-1h");

  private PriceSyntax() {}

  private static Price parse(String text) {
    String normal = text.strip().replaceAll("\\s+", " ");
    if (!normal.endsWith(" " + UNIT)) {
      throw new IllegalArgumentException("must end with '" + UNIT + "'");
    }
    Map<String, Long> prices = new HashMap<>();
    for (String term : Values.split(normal.substring(0, normal.length() - UNIT.length()))) {
      String[] words = term.split(" ");
      if (words.length != 2 || !PARTS.contains(words[1])) {
        throw new IllegalArgumentException(
            "'"
                + term
                + "' is not a number and one of in, out, cached, cache-write, cache-write-1h");
      }
      if (prices.put(words[1], Money.nanoUsd(AmountSyntax.decimal(words[0]))) != null) {
        throw new IllegalArgumentException("'" + words[1] + "' is given twice");
      }
    }
    return price(prices);
  }

  private static Price price(Map<String, Long> prices) {
    Long in = prices.get("in");
    Long out = prices.get("out");
    if (in == null || out == null) {
      throw new IllegalArgumentException("needs a price for in and for out");
    }
    long write = prices.getOrDefault("cache-write", in);
    return new Price(
        in,
        prices.getOrDefault("cached", in),
        write,
        prices.getOrDefault("cache-write-1h", write),
        out,
        out,
        List.of());
  }
}
