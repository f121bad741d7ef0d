package dev.tollgate;

import java.util.Map;
import java.util.Optional;

/**
 * The prices of models. A model without a price costs as much as the dearest known one: never
 * nothing. Immutable.
 */
public final class PriceBook {

  public static final PriceBook EMPTY = new PriceBook(Map.of());

  private final Map<String, Price> prices;
  private final Price ceiling;

  /**
   * @param prices by the model's name
   */
  public PriceBook(Map<String, Price> prices) {
    this.prices = Map.copyOf(prices);
    this.ceiling = prices.values().stream().reduce(Price.FREE, Price::max);
  }

  /** The model's own price. */
  public Optional<Price> find(String model) {
    return Optional.ofNullable(prices.get(model));
  }

  /** The model's price, or the dearest known one; free only when no price is known at all. */
  public Price price(String model) {
    return prices.getOrDefault(model, ceiling);
  }

  public boolean isEmpty() {
    return prices.isEmpty();
  }
}
