package dev.tollgate.config;

import dev.tollgate.Limit;
import dev.tollgate.Window;
import java.time.ZoneId;

/** A limit over a calendar window: {@code 200 requests/day}, {@code 5.00 USD/month}. */
final class QuotaSyntax {

  private QuotaSyntax() {}

  /**
   * @param zone whose days and months count
   */
  static Syntax<Limit> in(ZoneId zone) {
    return new Syntax<>("200 requests/day or 5.00 USD/month", text -> parse(text, zone));
  }

  private static Limit parse(String text, ZoneId zone) {
    Allowance allowance = Allowance.parse(text);
    Window.Unit unit =
        switch (allowance.per()) {
          case "day" -> Window.Unit.DAY;
          case "month" -> Window.Unit.MONTH;
          default ->
              throw new IllegalArgumentException(
                  "'" + allowance.per() + "' is not day or month; other windows belong in a rate");
        };
    return Limit.of(allowance.meter(), allowance.amount(), new Window.Calendar(unit, zone));
  }
}
