package dev.tollgate.config;

import dev.tollgate.Meter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of a meter per something: {@code 10/minute}, {@code 40000 tokens/10 minutes}, {@code
 * 5.00 USD/month}.
 *
 * @param per what follows the slash
 */
record Allowance(Meter meter, long amount, String per) {

  private static final Pattern FORM =
      Pattern.compile("(?<amount>[^\\s/]+)(\\s+(?<meter>[^\\s/]+))?\\s*/\\s*(?<per>[^/]+)");

  static Allowance parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not an amount per time; a comma separates limits, never digits of an amount");
    }
    String unit = form.group("meter");
    Meter meter = unit == null ? Meter.REQUESTS : meter(unit);
    return new Allowance(
        meter, AmountSyntax.of(meter, form.group("amount")), form.group("per").strip());
  }

  private static Meter meter(String unit) {
    return switch (unit.toLowerCase(Locale.ROOT)) {
      case "request", "requests" -> Meter.REQUESTS;
      case "token", "tokens" -> Meter.TOKENS;
      case "usd" -> Meter.COST;
      default ->
          throw new IllegalArgumentException("'" + unit + "' is not requests, tokens or USD");
    };
  }
}
