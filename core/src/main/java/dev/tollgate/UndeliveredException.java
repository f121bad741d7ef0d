package dev.tollgate;

import java.time.Duration;

/** An alert that did not arrive. Its message tells no secret. */
public final class UndeliveredException extends Exception {

  private static final long serialVersionUID = 1;

  private final boolean lasting;
  private final Duration retryAfter;

  private UndeliveredException(String message, boolean lasting, Duration retryAfter) {
    super(message);
    this.lasting = lasting;
    this.retryAfter = retryAfter;
  }

  /** Trying again may help. */
  public static UndeliveredException passing(String message) {
    return new UndeliveredException(message, false, Duration.ZERO);
  }

  /** The receiver wants it again, but not before this time has passed. */
  public static UndeliveredException passing(String message, Duration retryAfter) {
    return new UndeliveredException(message, false, retryAfter);
  }

  /** The receiver will never take this alert. */
  public static UndeliveredException lasting(String message) {
    return new UndeliveredException(message, true, Duration.ZERO);
  }

  /** Whether trying again is of no use. */
  public boolean isLasting() {
    return lasting;
  }

  /** How long the receiver wants to be left alone: 0 when it did not say. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
