package dev.tollgate.simulation;

import dev.tollgate.simulation.StoreServer.Operation;
import dev.tollgate.store.StoreException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/** Carries requests to the store, as well as its faults let it. */
final class Network {

  /** What a late request may take: far longer than anybody waits for its answer. */
  private static final long LATEST_MICROS = 60_000_000L;

  /** Whether a request may reach the store twice, which is what its contract says of it. */
  enum Again {
    NEVER,
    /** A reserve whose hold has ended would be a new one. */
    AT_ONCE,
    ANYTIME
  }

  private record Late(long atMicros, long order, Operation<?> operation) {}

  private final StoreServer server;
  private final Faults faults;
  private final WorldTime time;
  private final PriorityQueue<Late> late =
      new PriorityQueue<>(Comparator.comparingLong(Late::atMicros).thenComparing(Late::order));
  private final Set<Integer> cut = new HashSet<>();
  private long given;

  Network(StoreServer server, Faults faults, WorldTime time) {
    this.server = server;
    this.faults = faults;
    this.time = time;
  }

  /** Cuts a place off from the store, or connects it again. */
  void cut(int place, boolean isCut) {
    if (isCut) {
      cut.add(place);
    } else {
      cut.remove(place);
    }
  }

  boolean isCut(int place) {
    return cut.contains(place);
  }

  /**
   * Asks the store.
   *
   * @param place where the asking process runs
   * @param again whether and when the request may come twice
   * @throws StoreException when no answer comes back
   * @throws Crash when the process dies meanwhile
   */
  <T> T ask(int place, Again again, Operation<T> operation) throws StoreException {
    crash();
    if (cut.contains(place)) {
      throw new StoreException("cut off");
    }
    if (faults.strikes(Fault.LOST_REQUEST)) {
      throw new StoreException("the request is lost");
    }
    if (faults.strikes(Fault.LATE_REQUEST)) {
      send(operation, faults.random(Fault.LATE_REQUEST));
      throw new StoreException("the request takes too long");
    }
    T answer = server.apply(operation);
    repeat(again, operation);
    crash();
    if (faults.strikes(Fault.LOST_REPLY)) {
      throw new StoreException("the answer is lost");
    }
    return answer;
  }

  private void repeat(Again again, Operation<?> operation) throws StoreException {
    if (again == Again.NEVER || !faults.strikes(Fault.REPEATED_REQUEST)) {
      return;
    }
    if (again == Again.AT_ONCE) {
      Object nobodyHears = server.apply(operation);
    } else {
      send(operation, faults.random(Fault.REPEATED_REQUEST));
    }
  }

  private void crash() {
    if (faults.strikes(Fault.CRASH_IN_OPERATION)) {
      throw new Crash();
    }
  }

  private void send(Operation<?> operation, SplittableRandom random) {
    long delay = random.nextInt(3) == 0 ? random.nextLong(LATEST_MICROS) : random.nextLong(50_000);
    deliver(operation, delay);
  }

  /** The history of the data that the store's answers come from. */
  long lineage() {
    return server.lineage();
  }

  /** Lets a request arrive after so many microseconds, whatever else arrives until then. */
  void deliver(Operation<?> operation, long delayMicros) {
    late.add(new Late(time.micros() + delayMicros, given++, operation));
  }

  /** Whether no request is under way. */
  boolean isIdle() {
    return late.isEmpty();
  }

  /** Lets arrive what is due by now. */
  void arrive() {
    while (!late.isEmpty() && late.peek().atMicros() <= time.micros()) {
      arriveNext();
    }
  }

  /** Lets arrive whatever is under way. */
  void arriveAll() {
    while (!late.isEmpty()) {
      arriveNext();
    }
  }

  private void arriveNext() {
    try {
      Object nobodyHears = server.apply(late.remove().operation());
    } catch (StoreException impossible) {
      throw new IllegalStateException("a store in memory always answers", impossible);
    }
  }
}
