package dev.tollgate.config;

import dev.tollgate.Limit;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A limit over a rolling window: {@code 10/minute burst 20}, {@code 40000 tokens/10 minutes}. The
 * burst is the amount where none is given.
 */
final class RateSyntax {

  static final Syntax<Limit> ONE =
      new Syntax<>("10/minute burst 20 or 40000 tokens/10 minutes", RateSyntax::parse);

  private static final Pattern FORM =
      Pattern.compile("(?<allowance>.*?)(\\s+burst\\s+(?<burst>.*))?");

  private RateSyntax() {}

  private static Limit parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("must be one line");
    }
    Allowance allowance = Allowance.parse(form.group("allowance"));
    if (allowance.per().equals("month") || allowance.per().equals("months")) {
      throw new IllegalArgumentException("a month is a calendar's window: it belongs in a quota");
    }
    Duration period = DurationSyntax.period(allowance.per());
    if (period.toMillis() % 1000 != 0) {
      throw new IllegalArgumentException("'" + allowance.per() + "' is not whole seconds");
    }
    String burst = form.group("burst");
    long size = burst == null ? allowance.amount() : AmountSyntax.of(allowance.meter(), burst);
    return Limit.rate(allowance.meter(), allowance.amount(), period, size);
  }
}
