package dev.tollgate;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The prices of models. A model without a price is refused, or costs as much as the dearest known
 * one: never nothing. Immutable.
 *
 * <p>A model is found by its own name, or else by what is left of it without a date at its end
 * ({@code gpt-5-mini-2025-08-07}) and without providers before it ({@code openai/gpt-5-mini}).
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

  private static final Pattern DATE =
      Pattern.compile("[-@](20\\d\\d-?(0[1-9]|1[0-2])-?([0-2]\\d|3[01]))$");

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
    while (true) {
      Price price = prices.get(name);
      if (price == null) {
        price = prices.get(DATE.matcher(name).replaceFirst(""));
      }
      int provider = name.indexOf('/');
      if (price != null || provider < 0) {
        return Optional.ofNullable(price);
      }
      name = name.substring(provider + 1);
    }
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
