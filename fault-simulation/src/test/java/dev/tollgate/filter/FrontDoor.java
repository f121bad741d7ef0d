package dev.tollgate.filter;

import dev.tollgate.Decision;
import dev.tollgate.config.ErrorFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a client reads in the filter's answer to a refused call. */
public final class FrontDoor {

  private static final RefusalAnswers ANSWERS = new RefusalAnswers(ErrorFormat.PROBLEM, 429);

  private FrontDoor() {}

  /** How long the answer's headers tell to wait, to the millisecond; empty when they do not. */
  public static Optional<Duration> retryAfter(Decision.Refused refused, Instant now) {
    String millis = ANSWERS.of(refused, now).headers().get("retry-after-ms");
    return Optional.ofNullable(millis).map(Long::parseLong).map(Duration::ofMillis);
  }
}
