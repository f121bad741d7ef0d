package dev.tollgate.config;

import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.store.Store;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Numbers, exactly: decimal digits with at most one point; no sign, exponent or separator. */
final class AmountSyntax {

  private static final int MAX_DIGITS = 18;
  private static final Pattern PLAIN = Pattern.compile("[0-9]+(\\.[0-9]+)?");

  private AmountSyntax() {}

  /** An amount above 0 in the meter's unit: whole, or nano-USD for dollars. */
  static long of(Meter meter, String text) {
    long amount = meter == Meter.COST ? Money.nanoUsd(decimal(text)) : whole(text);
    if (amount < 1) {
      throw new IllegalArgumentException("'" + text + "' must be above 0");
    }
    if (amount > Store.MAX_AMOUNT) {
      throw new IllegalArgumentException(
          "'" + text + "' is too large: at most " + Store.MAX_AMOUNT + " is counted");
    }
    return amount;
  }

  static long whole(String text) {
    BigDecimal number = decimal(text);
    if (number.scale() > 0) {
      throw new IllegalArgumentException("'" + text + "' must be a whole number");
    }
    return number.longValueExact();
  }

  static BigDecimal decimal(String text) {
    if (text.startsWith("-")) {
      throw new IllegalArgumentException("'" + text + "' is negative");
    }
    if (text.indexOf('_') >= 0 || text.indexOf(',') >= 0) {
      throw new IllegalArgumentException("'" + text + "' has separators between its digits");
    }
    if (!PLAIN.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a number of plain digits");
    }
    int point = text.indexOf('.');
    int whole = point < 0 ? text.length() : point;
    if (whole > MAX_DIGITS || text.length() - whole > MAX_DIGITS + 1) {
      throw new IllegalArgumentException("'" + text + "' has too many digits");
    }
    return new BigDecimal(text);
  }
}
