package dev.tollgate;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Calls of a provider are refused because it said that its own limit is reached. All processes
 * share it. Immutable.
 *
 * @param cause the limit, in the provider's words
 * @param since when it was first said
 * @param until when calls are let in again
 * @param isKnown whether the provider said until when; otherwise it is a guess, and the next
 *     refusal of the provider makes a longer one
 * @param repeats how many guesses in a row came before this one
 * @param writer names the report, so that one process alone tells of it
 */
public record ProviderLatch(
    String cause, Instant since, Instant until, boolean isKnown, int repeats, String writer) {

  static final Duration FIRST_GUESS = Duration.ofMinutes(5);
  static final Duration LONGEST_GUESS = Duration.ofHours(1);
  static final Duration LONGEST = Duration.ofDays(32);
  private static final int MAX_CAUSE_LENGTH = 80;
  private static final String SEPARATOR = "\t";

  /** Of a provider that takes calls. */
  static final ProviderLatch OPEN =
      new ProviderLatch("", Instant.EPOCH, Instant.EPOCH, false, 0, "");

  public ProviderLatch {
    since = since.truncatedTo(ChronoUnit.MICROS);
    until = until.truncatedTo(ChronoUnit.MICROS);
  }

  /** Of a provider that an operator has released. */
  static ProviderLatch released(Instant now, String writer) {
    return new ProviderLatch("released", now, Instant.EPOCH, false, 0, writer);
  }

  /**
   * What a provider's refusal makes of an earlier latch.
   *
   * @param end when the provider said that calls may come again
   * @param windowEnd when the budget's window ends: no guess is later
   */
  ProviderLatch after(
      String cause, Optional<Instant> end, Instant now, Instant windowEnd, String writer) {
    String plain = cause.replaceAll("\\p{Cntrl}", " ");
    String name = plain.substring(0, Math.min(plain.length(), MAX_CAUSE_LENGTH));
    Optional<Instant> told = end.filter(now::isBefore);
    if (told.isPresent()) {
      return new ProviderLatch(name, now, earlier(told.get(), now.plus(LONGEST)), true, 0, writer);
    }
    boolean again = until.plus(LONGEST_GUESS).isAfter(now);
    int nextRepeats = again ? repeats + 1 : 0;
    Duration guess = FIRST_GUESS.multipliedBy(1L << Math.min(nextRepeats, 10));
    Instant guessed = now.plus(guess.compareTo(LONGEST_GUESS) < 0 ? guess : LONGEST_GUESS);
    return new ProviderLatch(
        name, now, earlier(guessed, later(windowEnd, now)), false, nextRepeats, writer);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Whether calls are refused. */
  public boolean isLatched(Instant now) {
    return now.isBefore(until);
  }

  /** The text that processes share. */
  String toText() {
    return String.join(
        SEPARATOR,
        Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, since)),
        Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, until)),
        Boolean.toString(isKnown),
        Integer.toString(repeats),
        writer,
        cause);
  }

  /** The latch of a text; open when there is none, or another version wrote it in another form. */
  static ProviderLatch ofText(String text) {
    String[] fields = text.split(SEPARATOR, -1);
    if (fields.length != 6) {
      return OPEN;
    }
    try {
      return new ProviderLatch(
          fields[5],
          LimitState.instant(Long.parseLong(fields[0])),
          LimitState.instant(Long.parseLong(fields[1])),
          Boolean.parseBoolean(fields[2]),
          Integer.parseInt(fields[3]),
          fields[4]);
    } catch (NumberFormatException unreadable) {
      return OPEN;
    }
  }
}
