package dev.tollgate.simulation;

import dev.tollgate.Alert;
import dev.tollgate.BreakerState;
import dev.tollgate.BreakerStatus;
import dev.tollgate.CallRecord;
import dev.tollgate.OnStoreFailure;
import dev.tollgate.SpendScope;
import dev.tollgate.simulation.Ledger.Resolution;
import dev.tollgate.simulation.Ledger.Sums;
import dev.tollgate.store.Bucket;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must hold besides what the {@link Ledger} checks in each operation: at each step, once
 * everything has healed, and at the end.
 */
final class Checks {

  /**
   * The store is found again; settlements are told again, what was added up is brought, idle leases
   * are given back; those that calls still hold come to their end.
   */
  private static final List<Duration> ROUNDS =
      List.of(Duration.ofSeconds(40), Duration.ofMinutes(11), Duration.ofSeconds(40));

  /** Nothing is held or under way any more after this. */
  private static final Duration ALL_EXPIRED = Duration.ofMinutes(30);

  private static final Set<Alert.Kind> TOLD_ONCE =
      EnumSet.of(
          Alert.Kind.QUOTA_REACHED,
          Alert.Kind.BUDGET_REACHED,
          Alert.Kind.LIMITS_REVIEW,
          Alert.Kind.ANOMALY);

  private static final Map<BreakerState, Alert.Kind> BREAKER =
      Map.of(
          BreakerState.OPEN, Alert.Kind.BREAKER_OPENED,
          BreakerState.HALF_OPEN, Alert.Kind.BREAKER_HALF_OPENED,
          BreakerState.CLOSED, Alert.Kind.BREAKER_CLOSED);

  private final World world;

  Checks(World world) {
    this.world = world;
  }

  /** After each step: no budget knows of less than what was spent or may be. */
  void step() {
    world
        .truths()
        .forEach((provider, truth) -> truth.check(provider, world.budget(provider).total()));
  }

  /** Lets everything heal, and compares what processes know with what the store knows. */
  void healed() {
    world.faults().heal(true);
    world.disturbances().heal();
    for (Duration round : ROUNDS) {
      world.pass(round);
      turnAll();
    }
    turnAll();
    world.nodes().values().forEach(this::compare);
    checkVerdicts();
    checkLastTold();
    world.server().checkAll();
    world.faults().heal(false);
    world.tally().count("healings");
  }

  private void turnAll() {
    world.nodes().values().forEach(Node::turn);
  }

  private void compare(Node node) {
    Violation.unless(
        node.engine().health().journalledSettlements() == 0
            && node.engine().health().lostSettlements() == 0
            && !node.engine().health().degraded(),
        "process %d has not healed: %s",
        node.process(),
        node.engine().health());
    node.settled().values().forEach(row -> checkSettled(row, isInTime(row)));
    node.settled().clear();
    for (String rollups : List.of("hours/", "days/", "months/", "total/days/")) {
      checkBrought(node, rollups, node.made());
    }
    checkCallers(node, node.made());
  }

  private void checkBrought(Node node, String rollups, Sums made) {
    Sums brought = world.server().ledger().brought(node.process(), rollups);
    Violation.unless(
        node.hasAllRollups() ? brought.equals(made) : brought.isWithin(made),
        "process %d has brought %s to %s, and made %s",
        node.process(),
        brought,
        rollups,
        made);
  }

  /** Callers are added up by hour, day and month: each of these has all of it. */
  private void checkCallers(Node node, Sums made) {
    Sums brought = world.server().ledger().brought(node.process(), "callers/");
    Sums thrice = made.plus(made).plus(made);
    Violation.unless(
        node.hasAllRollups() ? brought.equals(thrice) : brought.isWithin(thrice),
        "process %d has brought %s for hours, days and months of callers, and made %s",
        node.process(),
        brought,
        made);
  }

  /** A settlement reached the store once, and whole. */
  private void checkSettled(CallRecord row, boolean must) {
    Optional<Resolution> found = world.server().ledger().resolution(row.id());
    Violation.unless(found.isPresent() || !must, "%s was settled and never posted", row);
    found.ifPresent(resolution -> checkSettled(row, resolution));
  }

  private static void checkSettled(CallRecord row, Resolution resolution) {
    Violation.unless(resolution.times() == 1, "%s was posted %d times", row, resolution.times());
    List<Hold.Part> parts = resolution.hold().parts();
    for (int i = 0; i < parts.size(); i++) {
      long expected = expected(row, parts.get(i), resolution.actual().get(i));
      Violation.unless(
          resolution.actual().get(i) == expected,
          "%s was posted as %d to %s",
          row,
          resolution.actual().get(i),
          parts.get(i).counter());
    }
  }

  /**
   * What a part must be settled with; for requests, which are counted when they come, what it is.
   */
  private static long expected(CallRecord row, Hold.Part part, long actual) {
    boolean counts = part.bound() instanceof Quota || part.bound() instanceof Bucket;
    if (counts && part.counter().startsWith("cost-")) {
      return row.costNanoUsd();
    }
    return counts && part.counter().startsWith("tokens-")
        ? row.inputTokens() + row.outputTokens()
        : actual;
  }

  /**
   * A process has ended: what it settled was posted at most once, and what it made is in the
   * rollups, but for what it had not brought since its latest turn.
   *
   * @param inOrder whether it was shut down, and no answer was ever lost
   */
  void ended(Node node, boolean inOrder) {
    node.settled().values().forEach(row -> checkSettled(row, inOrder && isInTime(row)));
    Sums brought = world.server().ledger().brought(node.process(), "months/");
    Sums least = inOrder ? node.made() : node.broughtAtLeast();
    Violation.unless(
        !node.hasAllRollups() || least.isWithin(brought),
        "process %d has brought %s, and made %s for certain",
        node.process(),
        brought,
        least);
  }

  /** Processes that watch the same scopes say the same of them. */
  private void checkVerdicts() {
    Map<SpendScope, BreakerState> common = new HashMap<>();
    for (Node node : world.nodes().values()) {
      for (BreakerStatus status : node.engine().breakers()) {
        BreakerState first = common.computeIfAbsent(status.scope(), absent -> status.state());
        Violation.unless(
            first == status.state(),
            "process %d says that %s is %s, another one that it is %s",
            node.process(),
            status.scope(),
            status.state(),
            first);
      }
    }
  }

  /** Ends everything in order, and closes the books. */
  void finish() {
    world.traffic().abandonAll();
    healed();
    world.faults().heal(true);
    for (Node node : new ArrayList<>(world.nodes().values())) {
      world.shutDown(node);
    }
    world.network().arriveAll();
    world.pass(ALL_EXPIRED);
    world.server().ledger().expire(world.time().micros());
    world.server().checkAll();
    world.server().checkRollups("months/");
    world.server().checkRollups("total/");
    world.server().checkRollups("model/");
    world.server().checkRollups("callers/");
    world
        .truths()
        .forEach(
            (provider, truth) ->
                truth.checkAtEnd(
                    provider,
                    world.budget(provider).total(),
                    world.budget(provider).chargedUnsettled()));
    checkHolds();
    checkToldOnce();
  }

  private void checkHolds() {
    world
        .server()
        .ledger()
        .books()
        .forEach(
            (account, book) ->
                Violation.unless(
                    book.liveHolds() == 0, "%s still holds %d", account, book.liveHolds()));
  }

  /**
   * Each cause is told once. A process that goes by limits of its own while the store is away, one
   * that goes by other limits, one whose operator begins to count anew and one whose store forgot
   * that it was told may tell it again.
   */
  private void checkToldOnce() {
    Faults faults = world.faults();
    if (world.configuration().onStoreFailure() == OnStoreFailure.LOCAL
        || faults.isPossible(Fault.OPERATOR)
        || faults.isPossible(Fault.RELOAD)
        || world.lastLoss().isAfter(Instant.MIN)) {
      return;
    }
    Set<String> told = new HashSet<>();
    for (Alert alert : world.alerts()) {
      Violation.unless(
          !TOLD_ONCE.contains(alert.kind()) || told.add(alert.id()), "told twice: %s", alert);
    }
  }

  /**
   * What was told last of a breaker is what it is, unless a process has ended since that was to
   * tell it. Two processes may have told something in the same instant.
   */
  private void checkLastTold() {
    if (world.lastLoss().isAfter(Instant.MIN)) {
      return;
    }
    Map<String, Instant> last = new TreeMap<>();
    Map<String, Set<Alert.Kind>> told = new TreeMap<>();
    for (Alert alert : world.alerts()) {
      Instant before = last.getOrDefault(alert.subject(), alert.at());
      if (BREAKER.containsValue(alert.kind()) && !alert.at().isBefore(before)) {
        Set<Alert.Kind> kinds =
            alert.at().equals(before)
                ? EnumSet.copyOf(told.getOrDefault(alert.subject(), EnumSet.of(alert.kind())))
                : EnumSet.noneOf(Alert.Kind.class);
        kinds.add(alert.kind());
        last.put(alert.subject(), alert.at());
        told.put(alert.subject(), kinds);
      }
    }
    world.nodes().values().stream()
        .flatMap(node -> node.engine().breakers().stream())
        .filter(status -> world.lastEnd().isBefore(status.since()))
        .forEach(status -> checkLastTold(status, told));
  }

  private static void checkLastTold(BreakerStatus status, Map<String, Set<Alert.Kind>> told) {
    Set<Alert.Kind> kinds = told.getOrDefault(status.scope().label(), Set.of());
    Violation.unless(
        kinds.isEmpty() || kinds.contains(BREAKER.get(status.state())),
        "the breaker of %s is %s since %s, and what was told last is %s",
        status.scope().label(),
        status.state(),
        status.since(),
        kinds);
  }

  /** Whether the store still has the hold: it buries it in the end. */
  private boolean isInTime(CallRecord row) {
    Instant buried = row.at().plus(Store.TOMBSTONE_MICROS, ChronoUnit.MICROS);
    return world.time().instant().isBefore(buried);
  }
}
