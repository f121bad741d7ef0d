package dev.tollgate;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The prices of models. A model without a price is refused, or costs as much as the dearest known
 * one: never nothing. Immutable.
 *
 * <p>A model is found by its own name, or else by what is left of it without what names a snapshot
 * at its end ({@code gpt-5-mini-2025-08-07}, {@code gpt-4-0613}, {@code magistral-medium-2509}),
 * without providers before it ({@code openai/gpt-5-mini}), and without what Bedrock adds to it
 * ({@code us.anthropic.claude-haiku-4-5-20251001-v1:0}). What is left must be the whole name of a
 * model: no other part of a name is ever dropped, for a cheaper model may be left.
 */
public final class PriceBook {

  /** What becomes of a call of a model that has no price. */
  public enum Unpriced {
    /** It is refused. */
    REFUSE,
    /** It is charged at the dearest known price. */
    CEILING
  }

  public static final PriceBook EMPTY = new PriceBook(Map.of());

  /** A day, as in 2025-08-07, 20250807 or 0613; a month, as in 2509; Vertex's {@code @default}. */
  private static final Pattern SNAPSHOT =
      Pattern.compile(
          "([-@](20\\d\\d-?(0[1-9]|1[0-2])-?([0-2]\\d|3[01]))"
              + "|-(0[1-9]|1[0-2])([0-2]\\d|3[01])"
              + "|-2[3-9](0[1-9]|1[0-2])"
              + "|@default)$");

  /** A region or none, the maker, the model, and a version with or without a size of context. */
  private static final Pattern BEDROCK =
      Pattern.compile(
          "([a-z]{2,6}(-gov)?\\.)?[a-z][a-z0-9]*\\.([^.:].*?)(-v\\d+)?(:\\d+(:\\d+k)?)?");

  private final Map<String, Price> prices;
  private final Price ceiling;
  private final Unpriced unpriced;

  /**
   * Prices under which a model without one is charged at the dearest.
   *
   * @param prices by the model's name
   */
  public PriceBook(Map<String, Price> prices) {
    this(prices, Unpriced.CEILING);
  }

  /**
   * @param prices by the model's name
   */
  public PriceBook(Map<String, Price> prices, Unpriced unpriced) {
    this.prices = Map.copyOf(prices);
    this.ceiling = prices.values().stream().reduce(Price.FREE, Price::max);
    this.unpriced = unpriced;
  }

  /** The model's own price. */
  public Optional<Price> find(String model) {
    String name = model;
    Optional<Price> price = snapshot(name);
    for (int provider = name.indexOf('/');
        price.isEmpty() && provider >= 0;
        provider = name.indexOf('/')) {
      name = name.substring(provider + 1);
      price = snapshot(name);
    }
    return price.isPresent() ? price : onBedrock(name);
  }

  private Optional<Price> snapshot(String name) {
    Price price = prices.get(name);
    return Optional.ofNullable(
        price != null ? price : prices.get(SNAPSHOT.matcher(name).replaceFirst("")));
  }

  private Optional<Price> onBedrock(String name) {
    Matcher parts = BEDROCK.matcher(name);
    return parts.matches() ? snapshot(parts.group(3)) : Optional.empty();
  }

  /** The model's price, or the dearest known one; free only when no price is known at all. */
  public Price price(String model) {
    return find(model).orElse(ceiling);
  }

  /** Whether calls of a model are refused for want of a price; a call without a model never is. */
  public boolean refuses(String model) {
    return unpriced == Unpriced.REFUSE && !model.isEmpty() && find(model).isEmpty();
  }

  /** These prices, and those of {@code others} where both know a model. */
  public PriceBook with(Map<String, Price> others) {
    Map<String, Price> both = new HashMap<>(prices);
    both.putAll(others);
    return new PriceBook(both, unpriced);
  }

  public boolean isEmpty() {
    return prices.isEmpty();
  }

  /** How many names have a price. */
  public int size() {
    return prices.size();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PriceBook book
        && prices.equals(book.prices)
        && unpriced == book.unpriced;
  }

  @Override
  public int hashCode() {
    return prices.hashCode();
  }
}
