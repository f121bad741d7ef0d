package dev.tollgate.simulation;

import dev.tollgate.BreakerControl;
import dev.tollgate.CallerOverride;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** What goes wrong besides the network: processes, clocks, and what people do to them. */
final class Disturbances {

  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final Duration JUMP = Duration.ofHours(4);

  /** What a store that syncs every second, or a replica, can miss. */
  private static final int MOST_LOST = 60;

  private final World world;
  private final SplittableRandom random;

  Disturbances(World world, SplittableRandom random) {
    this.world = world;
    this.random = random;
  }

  /** Starts a process at each place where none runs. */
  void startAll() {
    for (int place = 0; place < world.places(); place++) {
      if (!world.nodes().containsKey(place)) {
        world.start(place);
      }
    }
  }

  /** Connects every place with the store, and starts what does not run, while nothing fails. */
  void heal() {
    for (int place = 0; place < world.places(); place++) {
      world.network().cut(place, false);
    }
    startAll();
  }

  /** How far off a process's clock is when it starts. */
  Duration skew() {
    return world.faults().isPossible(Fault.CLOCK_SKEW) ? within(SKEW) : Duration.ZERO;
  }

  private Duration within(Duration most) {
    return Duration.ofMillis(random.nextLong(-most.toMillis(), most.toMillis() + 1));
  }

  void strike() {
    restart();
    partition();
    if (world.faults().strikes(Fault.LOST_TAIL)) {
      world.loseTail(1 + random.nextInt(MOST_LOST));
    }
    if (world.faults().strikes(Fault.CRASH)) {
      world.anyNode().ifPresent(this::kill);
    }
    if (world.faults().strikes(Fault.RESTART)) {
      world.anyNode().ifPresent(this::shutDown);
    }
    if (world.faults().strikes(Fault.CLOCK_JUMP)) {
      world.anyNode().ifPresent(this::jump);
    }
    if (world.faults().strikes(Fault.RELOAD)) {
      world.reload(
          random.nextInt(world.places()),
          Configuration.pick(random, world.configuration().policies()));
    }
    if (world.faults().strikes(Fault.OPERATOR)) {
      world.anyNode().ifPresent(node -> world.at(node, () -> operate(node)));
    }
  }

  private void restart() {
    for (int place = 0; place < world.places(); place++) {
      if (!world.nodes().containsKey(place) && random.nextInt(4) == 0) {
        world.start(place);
      }
    }
  }

  private void partition() {
    for (int place = 0; place < world.places(); place++) {
      if (world.network().isCut(place)) {
        world.network().cut(place, random.nextInt(8) > 0);
      } else if (world.faults().strikes(Fault.PARTITION)) {
        int cut = place;
        world.note(() -> "place " + cut + " is cut off");
        world.tally().count("partitions");
        world.network().cut(place, true);
      }
    }
  }

  private void kill(Node node) {
    world.note(() -> "process " + node.process() + " dies");
    world.died(node);
  }

  private void shutDown(Node node) {
    world.note(() -> "process " + node.process() + " is shut down");
    world.tally().count("restarts");
    world.at(node, () -> world.shutDown(node));
  }

  private void jump(Node node) {
    Duration offset = random.nextInt(3) == 0 ? Duration.ZERO : within(JUMP);
    world.note(() -> "the clock of process " + node.process() + " is " + offset + " off");
    world.tally().count("clock jumps");
    node.clock().offset(offset);
  }

  private void operate(Node node) {
    String caller = "caller " + random.nextInt(5);
    int what = random.nextInt(7);
    world.tally().count("orders");
    world.note(() -> "operator at process " + node.process() + ": " + what + " for " + caller);
    try {
      switch (what) {
        case 0 -> override(node, caller, new CallerOverride.Raise(101 + random.nextInt(400)));
        case 1 -> override(node, caller, new CallerOverride.Block());
        case 2 -> node.engine().endOverride(caller);
        case 3 -> node.engine().reset(caller);
        case 4 -> control(node);
        case 5 -> release(node, caller);
        default -> limitReached(node);
      }
    } catch (StoreException noAnswer) {
      world.tally().count("orders without an answer");
    }
  }

  private void override(Node node, String caller, CallerOverride.Effect effect)
      throws StoreException {
    Duration length = Duration.ofSeconds(random.nextInt(60, 100_000));
    node.engine()
        .override(
            new CallerOverride(
                caller, effect, node.clock().instant().plus(length), "operator", "simulated"));
  }

  private void control(Node node) {
    BreakerControl order = Configuration.pick(random, List.of(BreakerControl.values()));
    node.engine().breakers().stream()
        .findFirst()
        .ifPresent(status -> node.engine().control(status.scope(), order));
  }

  private static void release(Node node, String caller) throws StoreException {
    var calls = node.engine().openCalls(caller);
    if (!calls.isEmpty()) {
      boolean wasOpen = node.engine().release(caller, calls.get(0).call().id());
    }
  }

  private void limitReached(Node node) {
    if (node.open().isEmpty() || random.nextBoolean()) {
      node.engine().release(Configuration.pick(random, List.of("alpha", "beta")));
    } else {
      node.open().get(0).reservation().providerLimitReached("simulated", Optional.empty());
    }
  }
}
