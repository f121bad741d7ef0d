package dev.tollgate.simulation;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** The latest steps of a run, as lines, and a digest of all of them. */
final class History {

  private static final int LONGEST = 600;

  private final int lines;
  private final Deque<String> latest = new ArrayDeque<>();
  private long digest = 1;

  private History(int lines) {
    this.lines = lines;
  }

  /** Keeps nothing, and costs nothing. */
  static History off() {
    return new History(0);
  }

  /** Keeps so many lines. */
  static History of(int lines) {
    return new History(lines);
  }

  void add(long micros, Supplier<String> what) {
    if (lines == 0) {
      return;
    }
    Instant at = Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
    String text = what.get();
    String line = at + "  " + text.substring(0, Math.min(text.length(), LONGEST));
    digest = digest * 31 + line.hashCode();
    latest.addLast(line);
    if (latest.size() > lines) {
      latest.removeFirst();
    }
  }

  /** The same for the same steps, whatever process took them. */
  long digest() {
    return digest;
  }

  @Override
  public String toString() {
    return String.join("\n", latest);
  }
}
