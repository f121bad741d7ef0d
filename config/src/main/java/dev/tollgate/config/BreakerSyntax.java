package dev.tollgate.config;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When spending is abnormal: {@code 3x for 10 minutes}, {@code 3x fast}, {@code off}. */
final class BreakerSyntax {

  /** Empty for {@code off}. */
  static final Syntax<Optional<Threshold>> WHOLE =
      new Syntax<>("3x for 10 minutes, 3x for 10 minutes fast or off", BreakerSyntax::parse);

  private static final Pattern FORM =
      Pattern.compile(
          "(?<factor>\\S+?)x(\\s+for\\s+(?<minutes>\\S+)\\s+minutes?)?(?<fast>\\s+fast)?");
  private static final String USUAL_MINUTES = "10";

  private BreakerSyntax() {}

  /** As in {@link dev.tollgate.BreakerPolicy}. */
  record Threshold(int factorPercent, int minutes, boolean fastPath) {

    static final Threshold DEFAULT = new Threshold(300, 10, false);
  }

  private static Optional<Threshold> parse(String text) {
    if (text.equals("off")) {
      return Optional.empty();
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a factor and a time");
    }
    String minutes = form.group("minutes") == null ? USUAL_MINUTES : form.group("minutes");
    return Optional.of(
        new Threshold(
            percent(form.group("factor")),
            Syntax.wholeNumber(1, 60).parse(minutes),
            form.group("fast") != null));
  }

  private static int percent(String factor) {
    BigDecimal percent = AmountSyntax.decimal(factor).movePointRight(2).stripTrailingZeros();
    if (percent.scale() > 0
        || percent.compareTo(BigDecimal.valueOf(101)) < 0
        || percent.compareTo(BigDecimal.valueOf(10_000)) > 0) {
      throw new IllegalArgumentException(
          "the factor '" + factor + "' must be from 1.01 to 100, in hundredths");
    }
    return percent.intValueExact();
  }
}
