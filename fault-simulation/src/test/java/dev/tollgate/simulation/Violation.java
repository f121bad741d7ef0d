package dev.tollgate.simulation;

/** Something that must never happen has happened. */
final class Violation extends AssertionError {

  private final String rule;

  private Violation(String rule, String message) {
    super(message);
    this.rule = rule;
  }

  /** The same for all violations of one rule. */
  String rule() {
    return rule;
  }

  static void unless(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new Violation(format, String.format(format, arguments));
    }
  }
}
