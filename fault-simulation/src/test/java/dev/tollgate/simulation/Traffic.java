package dev.tollgate.simulation;

import dev.tollgate.Call;
import dev.tollgate.CallRecord;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Decision.Refusal.LimitExceeded;
import dev.tollgate.Estimate;
import dev.tollgate.Reservation;
import dev.tollgate.Usage;
import dev.tollgate.filter.FrontDoor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** What callers do: they make calls, end them, forget them, and some do as they are told. */
final class Traffic {

  private static final int CALLERS = 5;

  /** So many of the callers make one call after the other. */
  private static final int LONE = 2;

  private static final long PATIENCE_MICROS = Duration.ofMinutes(5).toNanos() / 1000;
  private static final Duration LONGEST_WAIT = Duration.ofHours(25);
  private static final Duration SHORT_WAIT = Duration.ofHours(1);

  private final World world;
  private final SplittableRandom random;

  Traffic(World world, SplittableRandom random) {
    this.world = world;
    this.random = random;
  }

  /** A caller makes a call, if it is its turn. */
  void call() {
    int number = random.nextInt(CALLERS);
    Caller caller =
        new Caller(
            "caller " + number, Configuration.TIERS.get(number % Configuration.TIERS.size()));
    boolean alone = number < LONE;
    Call call = call(caller);
    if (alone && isBusy(caller)) {
      return;
    }
    world.anyNode().ifPresent(node -> world.at(node, () -> make(node, call, alone)));
  }

  private Call call(Caller caller) {
    String model = Configuration.pick(random, Configuration.MODELS);
    Call call = Call.of(caller, Configuration.pick(random, Configuration.ROUTES)).model(model);
    return random.nextInt(8) == 0
        ? call
        : call.estimate(random.nextInt(2000), 1 + random.nextInt(1500));
  }

  private boolean isBusy(Caller caller) {
    return world.nodes().values().stream()
        .flatMap(node -> node.open().stream())
        .anyMatch(open -> open.reservation().call().caller().equals(caller));
  }

  private void make(Node node, Call call, boolean alone) {
    world.tally().count("calls");
    if (random.nextInt(6) == 0 && call.settled()) {
      makeInside(node, call);
      return;
    }
    Decision decision = reserve(node, call);
    if (decision instanceof Decision.Refused refused) {
      if (alone && refused.refusal() instanceof LimitExceeded) {
        obey(node, call, refused);
      }
    } else {
      admitted(node, decision.orThrow());
    }
  }

  /** A method with an annotation inside a request that the filter has let in. */
  private void makeInside(Node node, Call call) {
    Call outer = Call.of(call.caller(), call.route());
    Decision first = reserve(node, outer);
    if (first instanceof Decision.Refused) {
      return;
    }
    Decision second = reserve(node, call.countedBy(outer));
    if (second instanceof Decision.Refused) {
      first.orThrow().cancel();
    } else {
      admitted(node, second.orThrow());
    }
  }

  private Decision reserve(Node node, Call call) {
    Decision decision = node.engine().reserve(call);
    node.decided(decision, call.requests());
    String kind =
        decision instanceof Decision.Refused refused
            ? refused.refusal().getClass().getSimpleName()
            : decision.getClass().getSimpleName();
    world.tally().count(kind);
    world.note(
        () ->
            "process "
                + node.process()
                + ": "
                + call.caller().id()
                + " asks "
                + call
                + ": "
                + kind);
    return decision;
  }

  private void admitted(Node node, Reservation reservation) {
    if (!reservation.call().settled()) {
      return;
    }
    boolean inStore = node.line().answered().equals(reservation.id());
    if (!inStore) {
      world.tally().count("decided without the store");
    }
    String provider =
        world.configuration().provider(reservation.call().route(), reservation.model()).orElse("");
    OpenCall open = new OpenCall(reservation, world.time().micros(), inStore, provider);
    node.open().add(open);
    world.truth(open).ifPresent(truth -> truth.began(open));
  }

  /** A client that comes back when it is told to, and has nothing else under way, is let in. */
  private void obey(Node node, Call call, Decision.Refused refused) {
    Optional<Duration> wait = FrontDoor.retryAfter(refused, world.time().instant());
    if (wait.isEmpty() || wait.get().compareTo(LONGEST_WAIT) > 0 || !isAlone(node, call.caller())) {
      return;
    }
    if (wait.get().compareTo(SHORT_WAIT) > 0) {
      world.checks().healed();
    }
    world.pass(wait.get());
    boolean healed = world.faults().isHealed();
    world.faults().heal(true);
    Decision again = reserve(node, call);
    world.faults().heal(healed);
    world.tally().count("waited as told");
    if (!(again instanceof Decision.Refused second)) {
      admitted(node, again.orThrow());
    } else if (second.refusal() instanceof LimitExceeded exceeded) {
      Violation.unless(
          hasChangedForm(exceeded, refused),
          "%s waited %s as it was told and is refused again: %s; at first %s",
          call,
          wait.get(),
          second,
          refused);
    }
  }

  /**
   * Whether it is a quota that refuses a call, which has not changed, and had room for it before: a
   * call that was to be restricted has become a whole one, because a window of another quota ended.
   */
  private static boolean hasChangedForm(LimitExceeded exceeded, Decision.Refused before) {
    return exceeded.exceeded().stream()
        .allMatch(
            now ->
                before.limits().stream()
                    .anyMatch(
                        then ->
                            then.limit().equals(now.limit())
                                && then.fits()
                                && then.used() >= now.used()
                                && now.limit().isQuota()));
  }

  private boolean isAlone(Node node, Caller caller) {
    boolean overridden =
        node.engine().overrides().stream()
            .anyMatch(override -> override.caller().equals(caller.id()));
    return !overridden
        && node.line().answeredAccount().equals(caller.id())
        && !node.engine().health().degraded()
        && world.nodes().values().stream().allMatch(Traffic::hasToldAll)
        && world.network().isIdle()
        && world.server().ledger().book(caller.id()).liveHolds() == 0;
  }

  /** What a process has not told yet is counted later, and may be any caller's. */
  private static boolean hasToldAll(Node node) {
    return node.engine().health().journalledSettlements() == 0;
  }

  /** A call ends, if one is under way. */
  void end() {
    List<Node> busy =
        world.nodes().values().stream().filter(node -> !node.open().isEmpty()).toList();
    if (busy.isEmpty()) {
      return;
    }
    Node node = Configuration.pick(random, busy);
    int index = random.nextInt(node.open().size());
    OpenCall call = node.open().get(index);
    if (world.faults().strikes(Fault.LATE_SETTLEMENT)) {
      world.pass(Duration.ofSeconds(random.nextInt(24 * 3600)));
    }
    world.at(node, () -> end(node, call));
  }

  private void end(Node node, OpenCall call) {
    if (world.faults().strikes(Fault.ABANDONED_CALL)) {
      node.open().remove(call);
      world.truth(call).ifPresent(truth -> truth.dropped(call));
      world.tally().count("abandoned");
      return;
    }
    if (isLong(call)) {
      world.truth(call).ifPresent(truth -> truth.lasted(call));
    }
    if (random.nextInt(8) == 0) {
      call.reservation().cancel();
      node.open().remove(call);
      world.truth(call).ifPresent(truth -> truth.cancelled(call));
      world.tally().count("cancelled");
    } else {
      settled(node, call, settle(call.reservation()));
    }
  }

  /** Whether its lease may have been closed meanwhile. */
  private boolean isLong(OpenCall call) {
    return world.time().micros() - call.atMicros() > PATIENCE_MICROS;
  }

  private CallRecord settle(Reservation reservation) {
    return switch (random.nextInt(6)) {
      case 0 -> reservation.settleAsReserved();
      case 1 -> reservation.settleEstimated(usage(reservation));
      default -> reservation.settle(usage(reservation));
    };
  }

  private Usage usage(Reservation reservation) {
    Estimate most = reservation.restriction().clamp(reservation.call().estimate());
    long factor = world.faults().strikes(Fault.OVERRUN) ? 3 : 1;
    return Usage.of(most.inputTokens(), factor * random.nextLong(most.outputTokens() + 1));
  }

  private void settled(Node node, OpenCall call, CallRecord row) {
    node.charged(call, row);
    world.tally().count("settled");
    world.truth(call).ifPresent(truth -> truth.settled(call, row.costNanoUsd()));
    world.note(() -> "process " + node.process() + ": settled " + row);
  }

  /** Calls that nobody will end, as their callers have left long ago. */
  void abandonAll() {
    for (Node node : world.nodes().values()) {
      for (OpenCall call : new ArrayList<>(node.open())) {
        node.open().remove(call);
        world.truth(call).ifPresent(truth -> truth.dropped(call));
      }
    }
  }
}
