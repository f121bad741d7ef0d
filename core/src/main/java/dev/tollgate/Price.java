package dev.tollgate;

import dev.tollgate.store.Store;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a model costs, in nano-USD for a million tokens: 1 USD per 1M tokens is 1,000,000,000.
 *
 * @param input for input tokens that no cache knew: 0 to {@link #MAX}
 * @param cacheRead for input tokens read from a cache
 * @param cacheWrite for input tokens written to a cache
 * @param hourCacheWrite for those written to a cache that keeps them for an hour
 * @param output for output tokens that were no reasoning
 * @param reasoning for output tokens that were reasoning
 * @param longContext the prices of calls with a long input, in order of their thresholds; they have
 *     none of their own
 */
public record Price(
    long input,
    long cacheRead,
    long cacheWrite,
    long hourCacheWrite,
    long output,
    long reasoning,
    List<LongContext> longContext) {

  /** A million dollars for a million tokens. */
  public static final long MAX = 1_000_000_000_000_000L;

  public static final Price FREE = of(0, 0);

  private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

  /**
   * The price of a whole call whose input has more tokens than a threshold.
   *
   * @param aboveInputTokens the threshold: 0 or more
   * @param price of every token of such a call
   */
  public record LongContext(long aboveInputTokens, Price price) {

    /**
     * @throws IllegalArgumentException when the threshold is negative, or the price has thresholds
     *     of its own
     */
    public LongContext {
      if (aboveInputTokens < 0) {
        throw new IllegalArgumentException(
            "long-context threshold " + aboveInputTokens + " is negative");
      }
      if (!price.longContext.isEmpty()) {
        throw new IllegalArgumentException("a long-context price has long-context prices itself");
      }
    }
  }

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public Price {
    Stream.of(input, cacheRead, cacheWrite, hourCacheWrite, output, reasoning)
        .forEach(Price::check);
    longContext =
        longContext.stream()
            .sorted(Comparator.comparingLong(LongContext::aboveInputTokens))
            .toList();
  }

  /** A price that is the same however long a cache keeps its tokens. */
  public Price(
      long input,
      long cacheRead,
      long cacheWrite,
      long output,
      long reasoning,
      List<LongContext> longContext) {
    this(input, cacheRead, cacheWrite, cacheWrite, output, reasoning, longContext);
  }

  /** A price that is the same for reasoning and for inputs of any length. */
  public Price(long input, long cacheRead, long cacheWrite, long output) {
    this(input, cacheRead, cacheWrite, output, output, List.of());
  }

  /** A price that makes no difference for cached tokens. */
  public static Price of(long input, long output) {
    return new Price(input, input, input, output);
  }

  /**
   * The cost in nano-USD, rounded up, at most {@link Store#MAX_AMOUNT}.
   *
   * @param usage a plausible usage
   */
  public long cost(Usage usage) {
    Price price = at(usage.inputTokens());
    long uncached = usage.inputTokens() - usage.cacheReadTokens() - usage.cacheWriteTokens();
    long minutesWrite = usage.cacheWriteTokens() - usage.hourCacheWriteTokens();
    long visible = usage.outputTokens() - usage.reasoningTokens();
    return nanoUsd(
        product(uncached, price.input)
            .add(product(usage.cacheReadTokens(), price.cacheRead))
            .add(product(minutesWrite, price.cacheWrite))
            .add(product(usage.hourCacheWriteTokens(), price.hourCacheWrite))
            .add(product(visible, price.output))
            .add(product(usage.reasoningTokens(), price.reasoning)));
  }

  /**
   * The most that a usage within the estimate can cost, whatever is cached, whatever is reasoning
   * and however long its input turns out: never below {@link #cost} of such a usage.
   */
  public long worstCost(Estimate estimate) {
    Price worst = upTo(estimate.inputTokens());
    return nanoUsd(
        product(estimate.inputTokens(), worst.dearestInput())
            .add(product(estimate.outputTokens(), Math.max(worst.output, worst.reasoning))));
  }

  /** The same price with other prices of long contexts. */
  public Price with(List<LongContext> longContext) {
    return new Price(input, cacheRead, cacheWrite, hourCacheWrite, output, reasoning, longContext);
  }

  /** The higher price of each component, for inputs of any length. */
  public Price max(Price other) {
    Price mine = upTo(Long.MAX_VALUE);
    Price others = other.upTo(Long.MAX_VALUE);
    return new Price(
        Math.max(mine.input, others.input),
        Math.max(mine.cacheRead, others.cacheRead),
        Math.max(mine.cacheWrite, others.cacheWrite),
        Math.max(mine.hourCacheWrite, others.hourCacheWrite),
        Math.max(mine.output, others.output),
        Math.max(mine.reasoning, others.reasoning),
        List.of());
  }

  /** What a call with so many input tokens costs. */
  private Price at(long inputTokens) {
    return longContext.stream()
        .filter(tier -> inputTokens > tier.aboveInputTokens)
        .map(LongContext::price)
        .reduce(this, (lower, higher) -> higher);
  }

  /** The highest price of each component that a call with at most so many input tokens can meet. */
  private Price upTo(long inputTokens) {
    return longContext.stream()
        .filter(tier -> inputTokens > tier.aboveInputTokens)
        .map(LongContext::price)
        .reduce(with(List.of()), Price::max);
  }

  private long dearestInput() {
    return Math.max(Math.max(input, cacheRead), Math.max(cacheWrite, hourCacheWrite));
  }

  private static long nanoUsd(BigInteger millionths) {
    BigInteger[] parts = millionths.divideAndRemainder(MILLION);
    BigInteger nanos = parts[1].signum() > 0 ? parts[0].add(BigInteger.ONE) : parts[0];
    return nanos.min(BigInteger.valueOf(Store.MAX_AMOUNT)).longValueExact();
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
