package dev.tollgate.simulator;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Gathers what is wrong with a trace, to report it at once. Not thread-safe. */
final class TraceProblems {

  /** Nobody reads more of them; the rest is likely the same mistake. */
  static final int MAX_PROBLEMS = 20;

  private static final int MAX_SHOWN = 80;

  private final Path file;
  private final List<String> problems = new ArrayList<>();

  TraceProblems(Path file) {
    this.file = file;
  }

  /**
   * @param line the number of the line, from 1
   * @param column the column's name, empty for the whole line
   * @param value what is written there
   * @param rule what is wrong with it, and what it should be
   * @throws TraceException when there are enough problems
   */
  void add(long line, String column, String value, String rule) throws TraceException {
    String place = column.isEmpty() ? "" : ", column " + column;
    problems.add("line " + line + place + ": '" + shown(value) + "' " + rule);
    if (problems.size() == MAX_PROBLEMS) {
      throwIfAny();
    }
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  /**
   * @throws TraceException when something is wrong
   */
  void throwIfAny() throws TraceException {
    if (!problems.isEmpty()) {
      String all = problems.size() < MAX_PROBLEMS ? "" : "the first ";
      String heading = "The trace " + file + " has problems; " + all + problems.size() + ":";
      throw new TraceException(heading + "\n  - " + String.join("\n  - ", problems));
    }
  }

  private static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "...";
  }
}
