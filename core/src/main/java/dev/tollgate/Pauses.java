package dev.tollgate;

import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Which calls are paused by the breakers, and who waits for them to go on. Thread-safe. */
final class Pauses {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");

  private record Waiting(Criticality criticality, Runnable listener) {}

  private final List<Waiting> waiting = new CopyOnWriteArrayList<>();
  private final Executor executor;
  private volatile Set<Criticality> paused = Set.of();

  /**
   * @param executor runs the listeners
   */
  Pauses(Executor executor) {
    this.executor = executor;
  }

  boolean contains(Criticality criticality) {
    return paused.contains(criticality);
  }

  /** Runs a listener each time that calls which were paused are so no more. */
  void onEnd(Criticality criticality, Runnable listener) {
    waiting.add(new Waiting(criticality, listener));
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
        run(one.listener());
      }
    }
  }

  private void run(Runnable listener) {
    try {
      executor.execute(
          () -> {
            try {
              listener.run();
            } catch (RuntimeException broken) {
              // a listener is somebody else's code: it must not end the engine's thread
              LOGGER.log(Level.WARNING, "a listener failed when calls could go on", broken);
            }
          });
    } catch (RejectedExecutionException closed) {
      LOGGER.log(Level.DEBUG, "closed: nobody is told that calls can go on");
    }
  }
}
