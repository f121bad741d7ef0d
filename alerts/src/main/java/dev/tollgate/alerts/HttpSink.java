package dev.tollgate.alerts;

import dev.tollgate.Alert;
import dev.tollgate.AlertSink;
import dev.tollgate.UndeliveredException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** Tells alerts to one receiver. */
final class HttpSink implements AlertSink {

  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  private final String name;
  private final Alert.Severity leastSeverity;
  private final MessageFormat format;
  private final Poster poster;
  private final InstantSource clock;

  /**
   * @param clock what a date in Retry-After is compared with
   */
  HttpSink(
      String name,
      Alert.Severity leastSeverity,
      MessageFormat format,
      Poster poster,
      InstantSource clock) {
    this.name = name;
    this.leastSeverity = leastSeverity;
    this.format = format;
    this.poster = poster;
    this.clock = clock;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Alert.Severity leastSeverity() {
    return leastSeverity;
  }

  @Override
  public void deliver(Alert alert) throws UndeliveredException {
    check(post(format.message(alert)));
  }

  private Poster.Answer post(Message message) throws UndeliveredException {
    try {
      return poster.post(message);
    } catch (RefusedAddressException refused) {
      throw UndeliveredException.lasting(String.valueOf(refused.getMessage()));
    } catch (IOException unanswered) {
      throw UndeliveredException.passing(unanswered.toString());
    }
  }

  private void check(Poster.Answer answer) throws UndeliveredException {
    int status = answer.status();
    if (status >= 200 && status < 300) {
      return;
    }
    String message = "answered with status " + status;
    if (status < 500 && status != 408 && status != 425 && status != 429) {
      boolean redirect = status < 400;
      throw UndeliveredException.lasting(
          redirect ? message + ", and redirects are not followed" : message);
    }
    throw UndeliveredException.passing(
        message, retryAfter(answer.headers().getOrDefault("retry-after", "")));
  }

  /** Seconds or a date; 0 for anything else. */
  private Duration retryAfter(String text) {
    if (SECONDS.matcher(text).matches()) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration left = Duration.between(clock.instant(), then);
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeException unreadable) {
      return Duration.ZERO;
    }
  }

  @Override
  public void close() {
    poster.close();
  }
}
