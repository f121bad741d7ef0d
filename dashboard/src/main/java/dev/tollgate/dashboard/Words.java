package dev.tollgate.dashboard;

import dev.tollgate.Limit;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Names and times as people read them. Stateless. */
final class Words {

  private Words() {}

  /** {@code Requests per minute}, or {@code Chat: requests per day} of a route's own limit. */
  static String limit(Limit limit) {
    return sentence(limit.name().replace("/", ": ").replace('-', ' '));
  }

  /** The same with a capital at the beginning. */
  static String sentence(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  /** The name of a constant, such as {@code quota-reached}. */
  static String dashed(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name of a constant, such as {@code Quota reached}. */
  static String spoken(Enum<?> constant) {
    return sentence(constant.name().toLowerCase(Locale.ROOT).replace('_', ' '));
  }

  /** ISO 8601, in UTC, to the millisecond. */
  static String iso(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  /** A time, in UTC; the pages' script puts it into the reader's own zone. */
  static void writeTime(Html html, Instant at) {
    String seconds = at.truncatedTo(ChronoUnit.SECONDS).toString();
    String readable = seconds.replace('T', ' ').replace("Z", " UTC");
    html.element("time", readable, "datetime", iso(at), "data-local", "");
  }

  /** How long it is until a time. */
  static void writeUntil(Html html, Instant now, Instant at) {
    html.element("time", Numbers.duration(now, at), "datetime", iso(at));
  }
}
