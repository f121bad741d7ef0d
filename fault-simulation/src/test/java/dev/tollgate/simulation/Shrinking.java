package dev.tollgate.simulation;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds out which faults a failure needs, and tells how it comes about. */
final class Shrinking {

  private Shrinking() {}

  /** The history of a seed that fails, with as few kinds of faults as it needs. */
  static String explain(long seed, Set<Fault> faults, int lines) {
    Set<Fault> needed = EnumSet.copyOf(faults);
    String rule = failure(seed, faults, History.off()).map(Shrinking::rule).orElse("none");
    for (Fault fault : faults) {
      Set<Fault> fewer = EnumSet.copyOf(needed);
      fewer.remove(fault);
      if (failure(seed, fewer, History.off())
          .map(Shrinking::rule)
          .filter(rule::equals)
          .isPresent()) {
        needed = fewer;
      }
    }
    History history = History.of(lines);
    String why =
        failure(seed, needed, history).map(Throwable::toString).orElse("it does not fail again");
    String names = needed.stream().map(Fault::name).collect(Collectors.joining(","));
    return String.join(
        "\n",
        "seed " + seed + " fails with the faults [" + names + "]: " + why,
        "replay it: ./mvnw -pl fault-simulation -am test -Dtest=SimulationTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.seed="
            + seed
            + (names.isEmpty() ? "" : " -Dsimulation.faults=" + names),
        history.toString());
  }

  private static String rule(Throwable failure) {
    return failure instanceof Violation violation ? violation.rule() : failure.toString();
  }

  private static Optional<Throwable> failure(long seed, Set<Fault> faults, History history) {
    try {
      Tally unused = new World(seed, faults, history).run();
      return Optional.empty();
    } catch (Violation | RuntimeException failure) {
      return Optional.of(failure);
    }
  }
}
