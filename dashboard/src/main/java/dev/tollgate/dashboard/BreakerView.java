package dev.tollgate.dashboard;

import dev.tollgate.BreakerControl;
import dev.tollgate.BreakerState;
import dev.tollgate.BreakerStatus;
import dev.tollgate.dashboard.ActionForm.Choice;
import dev.tollgate.dashboard.ActionForm.Field;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * How the spend breakers stand, in HTML. Immutable.
 *
 * @param factorPercent how many percent of the normal speed are too much
 */
record BreakerView(
    List<BreakerStatus> breakers,
    int factorPercent,
    Numbers numbers,
    Instant now,
    ActionForm form) {

  private static final int MINUTES_OF_HOUR = 60;

  /** How long an order lasts, unless it is to be automatic again. */
  private static final Field HOURS =
      new Field(
          OperatorActions.HOURS,
          "For hours",
          "number",
          Long.toString(BreakerControl.USUAL_TIME.toHours()),
          "1",
          Long.toString(BreakerControl.MAX_TIME.toHours()));

  void write(Html html) {
    if (breakers.isEmpty()) {
      return;
    }
    html.open("section", "class", "card").element("h2", "Spend breakers");
    html.open("ul", "class", "blocks");
    breakers.forEach(status -> write(html, status));
    html.close().close();
  }

  private void write(Html html, BreakerStatus status) {
    String name = Words.sentence(status.scope().label());
    html.open("li").open("p", "class", "line").element("span", name);
    html.element("span", Words.spoken(status.state()), "class", "tag", "data-mode", mode(status));
    html.close();
    long bound = bound(status.normal());
    String speed = anHour(status.demand()) + " demanded";
    LimitBar.of(status.demand(), 0, Math.max(1, bound)).write(html, name, speed);
    html.open("p", "class", "fine").element("span", speed);
    html.element("span", anHour(status.normal()) + " is normal, " + anHour(bound) + " too much");
    html.close();
    html.open("p", "class", "forecast").text(told(status) + " since ");
    Words.writeTime(html, status.since());
    if (status.controlEnds().isPresent()) {
      html.text("; automatic again in ");
      Words.writeUntil(html, now, status.controlEnds().get());
    }
    html.close();
    form.write(html, "control-breaker", status.scope().label(), List.of(HOURS), choices(status));
    html.close();
  }

  private static String mode(BreakerStatus status) {
    return switch (status.state()) {
      case CLOSED -> "full";
      case HALF_OPEN -> "restricted";
      case OPEN -> "stopped";
    };
  }

  private static String told(BreakerStatus status) {
    String state =
        switch (status.state()) {
          case CLOSED -> "Closed: everything goes on";
          case HALF_OPEN -> "Half open: one in ten optional and background calls goes on";
          case OPEN -> "Open: optional and background calls are refused";
        };
    return switch (status.control()) {
      case AUTOMATIC -> state;
      case OPEN, CLOSED -> state + ", by hand";
      case HELD -> state + ", held by hand";
    };
  }

  private static List<Choice> choices(BreakerStatus status) {
    return Arrays.stream(BreakerControl.values())
        .filter(control -> control != status.control())
        .map(control -> choice(control, status.state()))
        .toList();
  }

  private static Choice choice(BreakerControl control, BreakerState state) {
    return switch (control) {
      case AUTOMATIC -> new Choice(control.name(), "Automatic", "first");
      case OPEN -> new Choice(control.name(), "Open", "stop");
      case CLOSED -> new Choice(control.name(), "Close", "");
      case HELD -> new Choice(control.name(), "Hold " + Words.dashed(state).replace('-', ' '), "");
    };
  }

  private long bound(long normal) {
    return BigInteger.valueOf(normal)
        .multiply(BigInteger.valueOf(factorPercent))
        .divide(BigInteger.valueOf(100))
        .min(BigInteger.valueOf(Long.MAX_VALUE / MINUTES_OF_HOUR))
        .longValueExact();
  }

  private String anHour(long nanoUsdAMinute) {
    long most = Long.MAX_VALUE / MINUTES_OF_HOUR;
    return numbers.dollars(Math.min(nanoUsdAMinute, most) * MINUTES_OF_HOUR) + " an hour";
  }
}
