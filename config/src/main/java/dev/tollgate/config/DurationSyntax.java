package dev.tollgate.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time: {@code 50ms}, {@code 5 seconds}, {@code 10 minutes}. */
final class DurationSyntax {

  private static final Pattern FORM =
      Pattern.compile("(?<count>\\S*[^\\sa-zA-Z]|\\S+(?=\\s))\\s*(?<unit>[a-zA-Z]+)");

  private DurationSyntax() {}

  /** A length of time from {@code min} to {@code max}. */
  static Syntax<Duration> between(Duration min, Duration max) {
    return new Syntax<>(
        "50ms, 5 seconds, 10 minutes or 1 hour",
        text -> {
          Duration duration = parse(text);
          if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw new IllegalArgumentException("must be from " + show(min) + " to " + show(max));
          }
          return duration;
        });
  }

  /** A period of a rate: a unit, or a number of units. */
  static Duration period(String text) {
    return text.isEmpty() || Character.isLetter(text.charAt(0)) ? unit(text) : parse(text);
  }

  private static Duration parse(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a number and a unit of time");
    }
    long count = AmountSyntax.whole(form.group("count"));
    if (count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("'" + text + "' is too long");
    }
    return unit(form.group("unit")).multipliedBy(count);
  }

  private static Duration unit(String name) {
    return switch (name) {
      case "ms" -> Duration.ofMillis(1);
      case "s", "second", "seconds" -> Duration.ofSeconds(1);
      case "m", "minute", "minutes" -> Duration.ofMinutes(1);
      case "h", "hour", "hours" -> Duration.ofHours(1);
      case "d", "day", "days" -> Duration.ofDays(1);
      default ->
          throw new IllegalArgumentException(
              "'" + name + "' is not a unit of time: second, minute, hour or day");
    };
  }

  private static String show(Duration duration) {
    if (duration.toMillis() % 1000 != 0) {
      return duration.toMillis() + "ms";
    }
    if (!duration.isZero() && duration.toSeconds() % 3600 == 0) {
      return count(duration.toHours(), "hour");
    }
    return !duration.isZero() && duration.toSeconds() % 60 == 0
        ? count(duration.toMinutes(), "minute")
        : count(duration.toSeconds(), "second");
  }

  private static String count(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }
}
