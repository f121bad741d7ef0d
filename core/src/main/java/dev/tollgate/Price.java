package dev.tollgate;

import java.math.BigInteger;

/**
 * What a model costs, in nano-USD for a million tokens: 1 USD per 1M tokens is 1,000,000,000.
 *
 * @param input for input tokens that no cache knew: 0 to {@link #MAX}
 * @param cacheRead for input tokens read from a cache
 * @param cacheWrite for input tokens written to a cache
 * @param output for output tokens, reasoning included
 */
public record Price(long input, long cacheRead, long cacheWrite, long output) {

  /** A million dollars for a million tokens. */
  public static final long MAX = 1_000_000_000_000_000L;

  public static final Price FREE = of(0, 0);

  private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public Price {
    check(input);
    check(cacheRead);
    check(cacheWrite);
    check(output);
  }

  /** A price that makes no difference for cached tokens. */
  public static Price of(long input, long output) {
    return new Price(input, input, input, output);
  }

  /**
   * The cost in nano-USD, rounded up, at most {@link dev.tollgate.store.Store#MAX_AMOUNT}.
   *
   * @param usage a plausible usage
   */
  public long cost(Usage usage) {
    long uncached = usage.inputTokens() - usage.cacheReadTokens() - usage.cacheWriteTokens();
    BigInteger sum =
        product(uncached, input)
            .add(product(usage.cacheReadTokens(), cacheRead))
            .add(product(usage.cacheWriteTokens(), cacheWrite))
            .add(product(usage.outputTokens(), output));
    BigInteger[] parts = sum.divideAndRemainder(MILLION);
    BigInteger nanos = parts[1].signum() > 0 ? parts[0].add(BigInteger.ONE) : parts[0];
    return nanos.min(BigInteger.valueOf(dev.tollgate.store.Store.MAX_AMOUNT)).longValueExact();
  }

  /** The higher price of each component. */
  Price max(Price other) {
    return new Price(
        Math.max(input, other.input),
        Math.max(cacheRead, other.cacheRead),
        Math.max(cacheWrite, other.cacheWrite),
        Math.max(output, other.output));
  }

  private static BigInteger product(long tokens, long price) {
    return BigInteger.valueOf(tokens).multiply(BigInteger.valueOf(price));
  }

  private static void check(long price) {
    if (price < 0 || price > MAX) {
      throw new IllegalArgumentException(
          "price of " + price + " nano-USD per 1M tokens is not in 0 to " + MAX);
    }
  }
}
