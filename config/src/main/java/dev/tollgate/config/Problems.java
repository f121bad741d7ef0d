package dev.tollgate.config;

import dev.tollgate.config.ConfigurationException.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers what is wrong, to report it all at once. Not thread-safe. */
final class Problems {

  private static final int MAX_PROBLEMS = 100;

  private final List<Problem> problems = new ArrayList<>();

  void add(Problem problem) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(problem);
    }
  }

  void add(String key, String value, String rule, String remedy) {
    add(new Problem(key, value, rule, remedy));
  }

  void add(Key key, String value, String rule, String remedy) {
    add(key.toString(), Redaction.of(key, value), rule, remedy);
  }

  /** What was gathered, in the order of the keys. */
  List<Problem> sorted() {
    return problems.stream().sorted(Comparator.comparing(Problem::key)).toList();
  }

  /**
   * @throws ConfigurationException when something is wrong
   */
  void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new ConfigurationException(sorted());
    }
  }
}
