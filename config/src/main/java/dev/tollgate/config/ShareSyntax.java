package dev.tollgate.config;

import dev.tollgate.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** A part of a number of dollars: {@code 10%} or {@code 50 USD}. */
final class ShareSyntax {

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final String USD = "usd";

  private ShareSyntax() {}

  /**
   * Nano-USD, rounded up, from {@code min} to the whole.
   *
   * @param whole nano-USD
   * @param example how it is written
   */
  static Syntax<Long> of(long whole, long min, String example) {
    return new Syntax<>(
        example,
        text -> {
          long share = parse(text, whole);
          if (share < min || share > whole) {
            String lowest = min == 0 ? "from 0" : "above 0 and";
            throw new IllegalArgumentException(
                "must be " + lowest + " up to the hard limit, " + Money.usd(whole) + " USD");
          }
          return share;
        });
  }

  private static long parse(String text, long whole) {
    if (text.endsWith("%")) {
      BigDecimal percent = AmountSyntax.decimal(text.substring(0, text.length() - 1).strip());
      if (percent.compareTo(HUNDRED) > 0) {
        throw new IllegalArgumentException("'" + text + "' is above 100 %");
      }
      return percent
          .multiply(BigDecimal.valueOf(whole))
          .divide(HUNDRED, 0, RoundingMode.CEILING)
          .longValueExact();
    }
    if (text.toLowerCase(Locale.ROOT).endsWith(USD)) {
      String dollars = text.substring(0, text.length() - USD.length()).strip();
      return Money.nanoUsd(AmountSyntax.decimal(dollars));
    }
    throw new IllegalArgumentException("'" + text + "' is neither a percentage nor USD");
  }
}
