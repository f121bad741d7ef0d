package dev.tollgate.config;

import java.util.List;

/** A configuration that is not valid. Its message lists every problem. */
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  public ConfigurationException(List<Problem> problems) {
    super(describe(problems));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }

  private static String describe(List<Problem> problems) {
    StringBuilder text = new StringBuilder("Tollgate's configuration has ");
    text.append(problems.size()).append(problems.size() == 1 ? " problem:" : " problems:");
    for (Problem problem : problems) {
      text.append("\n  - ").append(problem);
    }
    return text.toString();
  }

  /**
   * One thing that is wrong.
   *
   * @param key the configuration key
   * @param value its value, empty where it is missing or secret
   * @param rule what it should be
   * @param remedy what to do
   */
  public record Problem(String key, String value, String rule, String remedy) {
    private static final int MAX_SHOWN = 200;

    /** One line. */
    @Override
    public String toString() {
      String assignment = value.isEmpty() ? key : key + " = '" + shown(value) + "'";
      return shown(assignment) + ": " + shown(rule) + "; " + shown(remedy);
    }

    private static String shown(String text) {
      String line = text.replaceAll("\\p{Cntrl}+", " ");
      return line.length() <= 2 * MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "...";
    }
  }
}
