package dev.tollgate.simulation;

import dev.tollgate.Alert;
import dev.tollgate.Policies;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Processes that share a store, their callers and operators, and whatever goes wrong, over {@link
 * #DAYS} of virtual time. All of it follows from the seed.
 *
 * <p>Something happens in episodes of minutes to hours; in the days between them everybody sleeps.
 * Half of the episodes begin shortly before a window ends or daylight saving time begins or ends.
 */
final class World {

  static final int DAYS = 400;
  private static final int EPISODES = 12;
  private static final int LEAST_STEPS = 12;
  private static final int MOST_STEPS = 52;
  private static final int TURNS_TO_TELL = 4;
  private static final List<Integer> YEARS = List.of(2024, 2026, 2027);

  /** Whatever an episode leaves undone for longer than this is not expected to be done. */
  private static final Duration NIGHT = Duration.ofHours(20);

  private final SplittableRandom random;
  private final SplittableRandom processes;
  private final Configuration configuration;
  private final WorldTime time;
  private final Faults faults;
  private final StoreServer server;
  private final Network network;
  private final History history;
  private final Map<Integer, Node> nodes = new TreeMap<>();
  private final Map<Integer, Policies> policies = new TreeMap<>();
  private final Map<String, ProviderTruth> truths = new LinkedHashMap<>();
  private final List<Alert> alerts = new ArrayList<>();
  private final Tally tally = new Tally();
  private final Traffic traffic;
  private final Disturbances disturbances;
  private final Checks checks;
  private final int places;
  private int started;
  private Instant lastLoss = Instant.MIN;
  private Instant lastEnd = Instant.MIN;

  World(long seed, Set<Fault> possible, History history) {
    random = new SplittableRandom(seed);
    processes = random.split();
    configuration = Configuration.of(random);
    time = new WorldTime(start(random, configuration.zone()));
    faults = new Faults(seed, possible);
    server = new StoreServer(time, faults.isPossible(Fault.LOST_TAIL));
    network = new Network(server, faults, time);
    this.history = history;
    places = 1 + random.nextInt(4);
    configuration.providers().forEach(provider -> truths.put(provider, new ProviderTruth()));
    traffic = new Traffic(this, random.split());
    disturbances = new Disturbances(this, random.split());
    checks = new Checks(this);
  }

  private static Instant start(SplittableRandom random, ZoneId zone) {
    return LocalDate.of(Configuration.pick(random, YEARS), 1, 1)
        .plusDays(random.nextInt(365))
        .atStartOfDay(zone)
        .toInstant();
  }

  /**
   * Lets the time pass.
   *
   * @return what happened in it
   * @throws Violation when something must not have happened
   */
  Tally run() {
    Instant end = time.instant().plus(DAYS, ChronoUnit.DAYS);
    disturbances.startAll();
    while (time.instant().isBefore(end)) {
      episode();
      sleep();
    }
    checks.finish();
    return tally;
  }

  private void episode() {
    int steps = random.nextInt(LEAST_STEPS, MOST_STEPS);
    for (int i = 0; i < steps; i++) {
      pass(pause());
      disturbances.strike();
      act();
      checks.step();
      tally.count("steps");
    }
    server.checkAll();
  }

  private void act() {
    int what = random.nextInt(100);
    if (what < 45) {
      traffic.call();
    } else if (what < 75) {
      traffic.end();
    } else {
      anyNode().ifPresent(node -> at(node, () -> turn(node)));
    }
  }

  private void turn(Node node) {
    if (random.nextInt(4) == 0) {
      node.turn();
    } else {
      node.turn(random.nextInt(1000));
    }
  }

  private Duration pause() {
    int kind = random.nextInt(100);
    if (kind < 40) {
      return Duration.ofNanos(1000L * random.nextInt(50_000));
    } else if (kind < 70) {
      return Duration.ofMillis(random.nextInt(3000));
    } else if (kind < 92) {
      return Duration.ofMillis(random.nextInt(60_000));
    }
    return kind < 99
        ? Duration.ofSeconds(random.nextInt(600))
        : Duration.ofSeconds(random.nextInt(10_000));
  }

  private void sleep() {
    if (random.nextInt(4) == 0) {
      pass(Duration.ofSeconds(random.nextInt((int) NIGHT.toSeconds())));
      return;
    }
    traffic.abandonAll();
    checks.healed();
    Duration most = Duration.ofDays(2L * DAYS / EPISODES);
    Instant next = time.instant().plusSeconds(random.nextLong(most.toSeconds()));
    if (random.nextBoolean()) {
      next = boundary(next).minusSeconds(random.nextInt(600));
    }
    Duration pause = Duration.between(time.instant(), next);
    pass(pause.isNegative() ? NIGHT : pause);
    wake();
  }

  /** Leases do not lie about for days: what was open has been closed in the meantime. */
  private void wake() {
    faults.heal(true);
    nodes.values().forEach(Node::turn);
    faults.heal(false);
  }

  /** A time near to this one at which a window ends or the clocks are changed. */
  private Instant boundary(Instant near) {
    ZoneId zone = configuration.zone();
    LocalDate day = near.atZone(zone).toLocalDate();
    return switch (random.nextInt(3)) {
      case 0 -> day.atStartOfDay(zone).toInstant();
      case 1 -> day.withDayOfMonth(1).atStartOfDay(zone).toInstant();
      default ->
          Optional.ofNullable(zone.getRules().previousTransition(near))
              .map(transition -> transition.getInstant())
              .filter(change -> change.isAfter(time.instant()))
              .orElseGet(() -> day.atStartOfDay(ZoneOffset.UTC).toInstant());
    };
  }

  void pass(Duration duration) {
    time.pass(duration);
    network.arrive();
  }

  /** Does something in a process, which may die of it. */
  void at(Node node, Runnable action) {
    try {
      action.run();
    } catch (Crash crash) {
      note(() -> "process " + node.process() + " dies in an operation");
      died(node);
    }
  }

  /** Starts a process at a place where none runs. */
  void start(int place) {
    int process = started++;
    Line line = new Line(process, place, network, time, history);
    NodeClock clock = new NodeClock(time);
    clock.offset(disturbances.skew());
    Policies now = policies.computeIfAbsent(place, absent -> configuration.policies().get(0));
    note(() -> "process " + process + " starts at place " + place);
    try {
      nodes.put(
          place,
          new Node(
              process,
              line,
              clock,
              configuration,
              now,
              places,
              processes.split(),
              alert -> told(process, alert)));
    } catch (Crash crash) {
      note(() -> "process " + process + " dies while it starts");
      tally.count("crashes");
    }
  }

  private void told(int process, Alert alert) {
    note(() -> "process " + process + " tells: " + alert);
    alerts.add(alert);
  }

  /** The store forgets so many operations. */
  void loseTail(int operations) {
    note(() -> "the store loses " + operations + " operations");
    tally.count("losses");
    Map<String, Long> posted = new LinkedHashMap<>();
    Map<String, Map<String, Long>> held = new LinkedHashMap<>();
    for (String provider : truths.keySet()) {
      posted.put(provider, budget(provider).posted());
      held.put(provider, budget(provider).held());
    }
    truths.values().forEach(ProviderTruth::loseAgain);
    try {
      server.lose(operations);
    } catch (StoreException impossible) {
      throw new IllegalStateException("a store in memory always answers", impossible);
    }
    truths.forEach(
        (provider, truth) -> {
          truth.lost(posted.get(provider) - budget(provider).posted());
          held.get(provider).keySet().removeAll(budget(provider).held().keySet());
          held.get(provider).values().forEach(truth::lost);
        });
    nodes.values().forEach(Node::rollupsAreUncertain);
    lastLoss = time.instant();
    tellAgain();
  }

  /**
   * Processes notice within seconds, and tell what was lost. One that is cut off for long cannot,
   * nor one that has died meanwhile.
   */
  private void tellAgain() {
    for (int i = 0; i < TURNS_TO_TELL; i++) {
      pass(Duration.ofSeconds(2));
      List.copyOf(nodes.values()).forEach(node -> at(node, node::turn));
    }
    boolean all = lastEnd.isBefore(lastLoss.minus(StoreServer.OLDEST_LOST));
    for (Node node : nodes.values()) {
      if (!node.isHealthy()) {
        node.isBehind();
        all = false;
      }
    }
    if (all) {
      truths.values().forEach(ProviderTruth::toldAgain);
      tally.count("losses made good");
    }
  }

  /** What the store must have of a provider's budget. */
  AccountBook budget(String provider) {
    return server.ledger().book("\u0000provider/" + provider);
  }

  /** When the store forgot something the last time; in the far past if it never has. */
  Instant lastLoss() {
    return lastLoss;
  }

  /** What a process had in its memory is gone. */
  void died(Node node) {
    tally.count("crashes");
    ended(node, false);
  }

  /** A process is shut down in order. */
  void shutDown(Node node) {
    node.engine().close();
    ended(node, node.line().troubles() == 0);
  }

  private void ended(Node node, boolean inOrder) {
    nodes.values().remove(node);
    node.open().forEach(call -> truth(call).ifPresent(truth -> truth.dropped(call)));
    checks.ended(node, inOrder);
    lastEnd = time.instant();
  }

  /** When a process ended the last time. */
  Instant lastEnd() {
    return lastEnd;
  }

  void reload(int place, Policies changed) {
    policies.put(place, changed);
    Optional.ofNullable(nodes.get(place))
        .ifPresent(node -> at(node, () -> node.engine().reload(changed)));
  }

  Optional<Node> anyNode() {
    return nodes.isEmpty()
        ? Optional.empty()
        : Optional.of(Configuration.pick(random, List.copyOf(nodes.values())));
  }

  Optional<ProviderTruth> truth(OpenCall call) {
    return Optional.ofNullable(truths.get(call.provider()));
  }

  void note(Supplier<String> what) {
    history.add(time.micros(), what);
  }

  WorldTime time() {
    return time;
  }

  Faults faults() {
    return faults;
  }

  Network network() {
    return network;
  }

  StoreServer server() {
    return server;
  }

  Configuration configuration() {
    return configuration;
  }

  /** The processes that run, by place. */
  Map<Integer, Node> nodes() {
    return nodes;
  }

  int places() {
    return places;
  }

  Map<String, ProviderTruth> truths() {
    return truths;
  }

  List<Alert> alerts() {
    return alerts;
  }

  Tally tally() {
    return tally;
  }

  Traffic traffic() {
    return traffic;
  }

  Disturbances disturbances() {
    return disturbances;
  }

  Checks checks() {
    return checks;
  }
}
