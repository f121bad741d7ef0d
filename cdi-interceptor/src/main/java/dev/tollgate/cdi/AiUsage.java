package dev.tollgate.cdi;

import dev.tollgate.Usage;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * Where a method with {@link AiCost}, or what it calls, reports what it used. Reports add up, and
 * are settled when the method's result ends. Bound to the thread that runs the method; for other
 * threads, take {@link #current} along.
 */
public final class AiUsage {

  private AiUsage() {}

  /**
   * The innermost open call of this thread.
   *
   * @throws IllegalStateException when the thread runs no method with {@link AiCost}
   */
  public static AiCall current() {
    return Frame.currentCall()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no @AiCost method runs on this thread: call AiUsage.current() in the method,"
                        + " and report to what it returns from other threads"));
  }

  /**
   * Like {@link AiCall#report(Usage)} of the current call.
   *
   * @throws IllegalStateException when the thread runs no method with {@link AiCost}
   */
  public static void report(Usage usage) {
    current().report(usage);
  }

  /**
   * Like {@link AiCall#report(Usage, BigDecimal)} of the current call.
   *
   * @param costUsd 0 or more
   * @throws IllegalArgumentException when the cost is out of its range
   * @throws IllegalStateException when the thread runs no method with {@link AiCost}
   */
  public static void report(Usage usage, BigDecimal costUsd) {
    current().report(usage, costUsd);
  }

  /**
   * Like {@link AiCall#notBilled} of the current call.
   *
   * @throws IllegalStateException when the thread runs no method with {@link AiCost}
   */
  public static void notBilled() {
    current().notBilled();
  }

  /**
   * Like {@link AiCall#refused} of the current call.
   *
   * @param status the answer's HTTP status
   * @param retryAfter its header {@code Retry-After}
   * @param body its body as the provider wrote it
   * @throws IllegalStateException when the thread runs no method with {@link AiCost}
   */
  public static void refused(int status, Optional<String> retryAfter, String body) {
    current().refused(status, retryAfter, body);
  }
}
