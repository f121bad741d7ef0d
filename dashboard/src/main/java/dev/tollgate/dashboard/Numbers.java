package dev.tollgate.dashboard;

import dev.tollgate.Meter;
import dev.tollgate.Money;
import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.Locale;

/** Numbers as a person of a country reads them, with their units. Immutable. */
record Numbers(Locale locale) {

  private static final Currency USD = Currency.getInstance("USD");

  /** Such as {@code 1,234}. */
  String count(long number) {
    return NumberFormat.getIntegerInstance(locale).format(number);
  }

  /** Dollars, with more digits the smaller they are: rounded. */
  String dollars(long nanoUsd) {
    BigDecimal usd = BigDecimal.valueOf(nanoUsd, 9);
    NumberFormat format = NumberFormat.getCurrencyInstance(locale);
    format.setCurrency(USD);
    format.setMinimumFractionDigits(2);
    format.setMaximumFractionDigits(digits(usd.abs()));
    return format.format(usd);
  }

  /** Dollars as people read them, with the exact amount for machines. */
  void writeDollars(Html html, long nanoUsd) {
    html.element("data", dollars(nanoUsd), "value", Money.usd(nanoUsd).toPlainString());
  }

  /** A count of a list of facts, and of what. */
  void writeFact(Html html, long count, String what) {
    html.open("li").element("b", count(count)).text(" " + what).close();
  }

  private static int digits(BigDecimal usd) {
    if (usd.compareTo(BigDecimal.TEN) >= 0 || usd.signum() == 0) {
      return 2;
    }
    return usd.movePointRight(2).compareTo(BigDecimal.ONE) >= 0 ? 4 : 6;
  }

  /** An amount of a meter with its unit. */
  String amount(Meter meter, long amount) {
    return switch (meter) {
      case COST -> dollars(amount);
      case TOKENS -> count(amount) + " tokens";
      case REQUESTS -> count(amount) + (amount == 1 ? " request" : " requests");
    };
  }

  /** The same without the unit where the unit stands beside it. */
  String bare(Meter meter, long amount) {
    return meter == Meter.COST ? dollars(amount) : count(amount);
  }

  /** An amount for machines: whole numbers, dollars as exact decimals. */
  static String plain(Meter meter, long amount) {
    return meter == Meter.COST ? Money.usd(amount).toPlainString() : Long.toString(amount);
  }

  /**
   * The time from one instant to a later one in its two largest units, such as {@code 3 h 5 min}.
   */
  static String duration(Instant from, Instant to) {
    Duration time = Duration.between(from, to).plusMillis(999);
    if (time.compareTo(Duration.ofSeconds(1)) < 0) {
      return "0 s";
    }
    if (time.toDays() > 0) {
      return pair(time.toDays(), "d", time.toHoursPart(), "h");
    }
    if (time.toHours() > 0) {
      return pair(time.toHours(), "h", time.toMinutesPart(), "min");
    }
    return time.toMinutes() > 0
        ? pair(time.toMinutes(), "min", time.toSecondsPart(), "s")
        : time.toSeconds() + " s";
  }

  private static String pair(long large, String unit, long small, String subunit) {
    return large + " " + unit + (small == 0 ? "" : " " + small + " " + subunit);
  }
}
