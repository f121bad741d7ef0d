package dev.tollgate.store;

/** Checks of arguments. */
final class Range {

  private Range() {}

  /**
   * @throws IllegalArgumentException when {@code value} is not in {@code min} to {@code max}
   */
  static void check(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + " " + value + " is not in " + min + " to " + max);
    }
  }
}
