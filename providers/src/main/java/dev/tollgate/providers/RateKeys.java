package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Price;
import dev.tollgate.Price.LongContext;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a format calls the parts of a price, and for how many tokens it tells them. Immutable.
 *
 * <p>The price of cached tokens is that of other input, and that of reasoning is that of other
 * output, unless a file tells one above zero: zero is how some say that they tell none. What a
 * cache keeps for an hour costs as much as other writes.
 *
 * @param perMillion whether prices are for a million tokens, otherwise for one
 */
record RateKeys(
    String input,
    String cacheRead,
    String cacheWrite,
    String hourCacheWrite,
    String output,
    String reasoning,
    boolean perMillion) {

  private static final int NANO = 9;
  private static final int MILLION = 6;

  /** The same keys with a suffix. */
  RateKeys suffixed(String suffix) {
    return new RateKeys(
        input + suffix,
        cacheRead + suffix,
        cacheWrite + suffix,
        hourCacheWrite + suffix,
        output + suffix,
        reasoning + suffix,
        perMillion);
  }

  /** A model's price; empty if it tells none that can be read. */
  Optional<Price> price(JsonNode rates) {
    OptionalLong in = nanoUsd(rates.path(input));
    if (in.isEmpty() || !tellsOnlyRates(rates)) {
      return Optional.empty();
    }
    long out = nanoUsd(rates.path(output)).orElse(in.getAsLong());
    long write = orElse(rates, cacheWrite, in.getAsLong());
    return Optional.of(
        new Price(
            in.getAsLong(),
            orElse(rates, cacheRead, in.getAsLong()),
            write,
            orElse(rates, hourCacheWrite, write),
            out,
            orElse(rates, reasoning, out),
            List.of()));
  }

  /**
   * A model's price above a threshold: what is not told is raised as input and output are; empty if
   * it tells neither of these, or one that cannot be read.
   */
  Optional<Price> price(JsonNode rates, Price base) {
    OptionalLong in = nanoUsd(rates.path(input));
    OptionalLong out = nanoUsd(rates.path(output));
    if ((in.isEmpty() && out.isEmpty()) || !tellsOnlyRates(rates)) {
      return Optional.empty();
    }
    long newIn = in.orElse(base.input());
    long newOut = out.orElse(base.output());
    return Optional.of(
        new Price(
            newIn,
            orElse(rates, cacheRead, raised(base.cacheRead(), base.input(), newIn)),
            orElse(rates, cacheWrite, raised(base.cacheWrite(), base.input(), newIn)),
            orElse(rates, hourCacheWrite, raised(base.hourCacheWrite(), base.input(), newIn)),
            newOut,
            orElse(rates, reasoning, raised(base.reasoning(), base.output(), newOut)),
            List.of()));
  }

  /** The whole number at a key, as a threshold. */
  static OptionalLong threshold(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0
        ? OptionalLong.of(node.longValue())
        : OptionalLong.empty();
  }

  /** The dearer of two prices in every part, at every length of input. */
  static Price dearer(Price one, Price other) {
    List<LongContext> both = new ArrayList<>();
    for (LongContext tier : one.longContext()) {
      both.add(new LongContext(tier.aboveInputTokens(), tier.price().max(other)));
    }
    for (LongContext tier : other.longContext()) {
      both.add(new LongContext(tier.aboveInputTokens(), tier.price().max(one)));
    }
    return one.with(List.of()).max(other.with(List.of())).with(both);
  }

  private boolean tellsOnlyRates(JsonNode rates) {
    for (String key : List.of(input, cacheRead, cacheWrite, hourCacheWrite, output, reasoning)) {
      if (rates.hasNonNull(key) && nanoUsd(rates.get(key)).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private long orElse(JsonNode rates, String key, long ifUntold) {
    long told = nanoUsd(rates.path(key)).orElse(0);
    return told > 0 ? told : ifUntold;
  }

  private static long raised(long part, long base, long raised) {
    if (base == 0) {
      return raised;
    }
    return BigDecimal.valueOf(part)
        .multiply(BigDecimal.valueOf(raised))
        .divide(BigDecimal.valueOf(base), 0, RoundingMode.CEILING)
        .min(BigDecimal.valueOf(Price.MAX))
        .longValueExact();
  }

  /** Nano-USD for a million tokens, rounded up; empty if it is no number or out of range. */
  private OptionalLong nanoUsd(JsonNode rate) {
    Optional<BigDecimal> dollars = Json.decimal(rate);
    if (dollars.isEmpty() || dollars.get().signum() < 0) {
      return OptionalLong.empty();
    }
    BigDecimal nanos =
        dollars
            .get()
            .movePointRight(perMillion ? NANO : NANO + MILLION)
            .setScale(0, RoundingMode.CEILING);
    return nanos.compareTo(BigDecimal.valueOf(Price.MAX)) > 0
        ? OptionalLong.empty()
        : OptionalLong.of(nanos.longValueExact());
  }
}
