package dev.tollgate;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/** Which calls are paused by the breakers, and who waits for them to go on. Thread-safe. */
final class Pauses {

  /** One telling is enough for all pauses that have ended meanwhile. */
  private static final int CAPACITY = 1;

  private record Waiting(Criticality criticality, Mailbox<Criticality> mailbox) {}

  private final List<Waiting> waiting = new CopyOnWriteArrayList<>();
  private final Executor executor;
  private volatile Set<Criticality> paused = Set.of();

  /**
   * @param executor runs the listeners, who may take their time
   */
  Pauses(Executor executor) {
    this.executor = executor;
  }

  boolean contains(Criticality criticality) {
    return paused.contains(criticality);
  }

  /** Runs a listener each time that calls which were paused are so no more. */
  void onEnd(Criticality criticality, Runnable listener) {
    waiting.add(
        new Waiting(criticality, new Mailbox<>(ended -> listener.run(), executor, CAPACITY)));
  }

  /** Goes by these states, of which there are none where nothing is halted. */
  void know(List<BreakerStatus> statuses) {
    Set<Criticality> before = paused;
    Set<Criticality> now = EnumSet.noneOf(Criticality.class);
    for (BreakerStatus status : statuses) {
      if (status.state() != BreakerState.CLOSED) {
        now.add(Criticality.BACKGROUND);
      }
      if (status.state() == BreakerState.OPEN) {
        now.add(Criticality.OPTIONAL);
      }
    }
    paused = now;
    for (Waiting one : waiting) {
      if (before.contains(one.criticality()) && !now.contains(one.criticality())) {
        one.mailbox().add(one.criticality());
      }
    }
  }
}
