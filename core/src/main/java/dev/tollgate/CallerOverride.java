package dev.tollgate;

import java.time.Duration;
import java.time.Instant;

/**
 * What an operator has decided for one caller, until a date.
 *
 * @param caller the caller's id: 1 to {@link Caller#MAX_ID_LENGTH} characters
 * @param effect what becomes of the caller's calls
 * @param until when it ends by itself
 * @param operator who decided it: at most {@link #MAX_TEXT_LENGTH} characters
 * @param reason why, in the operator's words, for operators only: at most {@link #MAX_TEXT_LENGTH}
 *     characters, or empty
 */
public record CallerOverride(
    String caller, Effect effect, Instant until, String operator, String reason) {

  /** How far ahead an override may end. */
  public static final Duration MAX_TIME = Duration.ofDays(400);

  public static final int MAX_TEXT_LENGTH = 200;

  /** What becomes of the caller's calls. */
  public sealed interface Effect {}

  /** All of them are refused. */
  public record Block() implements Effect {}

  /**
   * Each limit of the caller's tier and routes is multiplied.
   *
   * @param percent of the limit: {@link #MIN_PERCENT} to {@link #MAX_PERCENT}
   */
  public record Raise(int percent) implements Effect {

    public static final int MIN_PERCENT = 101;
    public static final int MAX_PERCENT = 10_000;

    /**
     * @throws IllegalArgumentException when the percentage is out of its range
     */
    public Raise {
      if (percent < MIN_PERCENT || percent > MAX_PERCENT) {
        throw new IllegalArgumentException(
            "raise to "
                + percent
                + " % of the limits: choose "
                + MIN_PERCENT
                + " to "
                + MAX_PERCENT
                + " %");
      }
    }
  }

  /**
   * @throws IllegalArgumentException when the id is empty or a text is too long
   */
  public CallerOverride {
    if (caller.isEmpty()) {
      throw new IllegalArgumentException("caller id is empty: say whom the override is for");
    }
    requireLength("caller id", caller, Caller.MAX_ID_LENGTH);
    requireLength("operator", operator, MAX_TEXT_LENGTH);
    requireLength("reason", reason, MAX_TEXT_LENGTH);
  }

  private static void requireLength(String what, String text, int most) {
    if (text.length() > most) {
      throw new IllegalArgumentException(
          what + " of " + text.length() + " characters: use at most " + most);
    }
  }
}
