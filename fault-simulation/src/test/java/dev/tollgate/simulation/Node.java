package dev.tollgate.simulation;

import dev.tollgate.Alert;
import dev.tollgate.CallRecord;
import dev.tollgate.Decision;
import dev.tollgate.Policies;
import dev.tollgate.Tollgate;
import dev.tollgate.simulation.Ledger.Sums;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** One process: an engine, and what its clients have made of it. Not thread-safe. */
final class Node {

  private final int process;
  private final NodeClock clock;
  private final Line line;
  private final Background background = new Background();
  private final Tollgate engine;

  /** The calls under way. */
  private final List<OpenCall> open = new ArrayList<>();

  /** What was settled in the store, by the hold's id, since it was last compared. */
  private final Map<String, CallRecord> settled = new LinkedHashMap<>();

  private Sums made = Sums.NOTHING;

  /** What was made by the latest turn that certainly brought all of it to the store. */
  private Sums broughtAtLeast = Sums.NOTHING;

  private boolean hasAllRollups = true;
  private boolean behind;
  private int troublesAtTurn;
  private int turnsWithoutTrouble;

  /**
   * @throws Crash when it dies while it starts
   */
  Node(
      int process,
      Line line,
      NodeClock clock,
      Configuration configuration,
      Policies policies,
      int nodes,
      SplittableRandom random,
      Consumer<Alert> alerts) {
    this.process = process;
    this.line = line;
    this.clock = clock;
    engine =
        Tollgate.builder(policies, line)
            .clock(clock)
            .background(background)
            .random(random)
            .onStoreFailure(configuration.onStoreFailure(), nodes)
            .holdFor(configuration.holdFor())
            .onAlert(alerts)
            .build();
  }

  int process() {
    return process;
  }

  Tollgate engine() {
    return engine;
  }

  NodeClock clock() {
    return clock;
  }

  Line line() {
    return line;
  }

  List<OpenCall> open() {
    return open;
  }

  Map<String, CallRecord> settled() {
    return settled;
  }

  /** The store has forgotten a part of what it was told, and rollups are not told again. */
  void rollupsAreUncertain() {
    hasAllRollups = false;
  }

  /**
   * It has not been able to tell the store what that has lost: for as long as this is so, it cannot
   * be expected to be there.
   */
  void isBehind() {
    settled.clear();
    behind = true;
  }

  /** Whether its latest turns had no trouble with the store. */
  boolean isHealthy() {
    return turnsWithoutTrouble > 1;
  }

  /** Whether the store has all the rollups that it has acknowledged to this process. */
  boolean hasAllRollups() {
    return hasAllRollups;
  }

  /** Counts what a call was answered. */
  void decided(Decision decision, long requests) {
    boolean refused = decision instanceof Decision.Refused;
    boolean restricted = decision instanceof Decision.Restricted;
    made =
        made.plus(
            new Sums(0, refused ? 0 : requests, restricted ? requests : 0, refused ? 1 : 0, 0));
  }

  /** Counts what a call was charged. */
  void charged(OpenCall call, CallRecord row) {
    open.remove(call);
    if (call.inStore() && !behind) {
      settled.put(row.id(), row);
    }
    made = made.plus(new Sums(row.costNanoUsd(), 0, 0, 0, row.inputTokens() + row.outputTokens()));
  }

  Sums made() {
    return made;
  }

  Sums broughtAtLeast() {
    return broughtAtLeast;
  }

  /** Does everything once that it does beside calls. */
  void turn() {
    background.turn();
    boolean healthy = line.troubles() == troublesAtTurn && !engine.health().degraded();
    troublesAtTurn = line.troubles();
    turnsWithoutTrouble = healthy ? turnsWithoutTrouble + 1 : 0;
    if (isHealthy()) {
      behind = false;
      broughtAtLeast = made;
    }
  }

  /** Does one of the things that it does beside calls. */
  void turn(int which) {
    background.turn(which);
  }
}
