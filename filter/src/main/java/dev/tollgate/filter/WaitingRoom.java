package dev.tollgate.filter;

import dev.tollgate.Call;
import dev.tollgate.Decision;
import dev.tollgate.Priority;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait until their limits have room. They hold no thread: one daemon thread, begun by
 * the first call that waits and ended by {@link #close}, tries them in turn.
 *
 * <p>Thread-safe. No lock is held while the engine or the container is called.
 */
final class WaitingRoom implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.tollgate");
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Tollgate tollgate;
  private final long startNanos = System.nanoTime();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final WaitingLines<WaitingRequest> lines = new WaitingLines<>();
  private @Nullable Thread thread;
  private boolean closed;

  WaitingRoom(Tollgate tollgate) {
    this.tollgate = tollgate;
  }

  /**
   * Whether one more may wait.
   *
   * @param places how many may wait in all
   */
  boolean hasRoom(Call call, int places) {
    lock.lock();
    try {
      return !closed
          && lines.size() < places
          && lines.size(WaitingRequest.key(call)) < WaitingLines.MAX_LINE;
    } finally {
      lock.unlock();
    }
  }

  /** Whether others wait in the call's line, whom it must not overtake. */
  boolean isAwaited(Call call) {
    lock.lock();
    try {
      return lines.size(WaitingRequest.key(call)) > 0;
    } finally {
      lock.unlock();
    }
  }

  /** Lets a request wait behind others of its line; it gives up if there is no room any more. */
  void enter(WaitingRequest request, int places) {
    if (!join(request, Priority.NORMAL, 0, places)) {
      request.giveUp();
    }
  }

  /** Lets a request wait that was just refused; it is refused if there is no room any more. */
  void enter(WaitingRequest request, int places, Decision.Refused refused) {
    if (!join(request, priority(refused), waitNanos(refused), places)) {
      request.refuse(refused);
    }
  }

  /** Ends the wait of all. Idempotent. */
  @Override
  public void close() {
    Thread ending;
    List<WaitingRequest> left;
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      ending = thread;
      left = lines.leaveAll();
    } finally {
      lock.unlock();
    }
    left.forEach(WaitingRequest::stop);
    if (ending != null) {
      awaitEnd(ending);
    }
  }

  private static void awaitEnd(Thread ending) {
    try {
      ending.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean join(WaitingRequest request, Priority priority, long waitNanos, int places) {
    lock.lock();
    try {
      long now = nowNanos();
      boolean joined =
          !closed
              && lines.size() < places
              && lines.join(
                  request.key(),
                  request,
                  priority,
                  now + waitNanos,
                  now + request.maxWait().toNanos());
      if (joined) {
        request.onLeave(() -> leave(request));
        startThread();
        changed.signalAll();
      }
      return joined;
    } finally {
      lock.unlock();
    }
  }

  private void startThread() {
    if (thread == null || !thread.isAlive()) {
      thread = new Thread(this::run, "tollgate-waiting-room");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void leave(WaitingRequest request) {
    lock.lock();
    try {
      lines.leave(request.key(), request);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Optional<WaitingLines.Turn<WaitingRequest>> turn = awaitTurn();
    while (turn.isPresent()) {
      take(turn.get());
      turn = awaitTurn();
    }
  }

  /** The next turn when it has come; empty when the room is closed. */
  private Optional<WaitingLines.Turn<WaitingRequest>> awaitTurn() {
    lock.lock();
    try {
      while (!closed) {
        Optional<WaitingLines.Turn<WaitingRequest>> turn = lines.next(nowNanos());
        if (turn.isPresent()) {
          return turn;
        }
        awaitChange(lines.wakeNanos());
      }
      return Optional.empty();
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void awaitChange(OptionalLong wakeNanos) throws InterruptedException {
    if (wakeNanos.isPresent()) {
      changed.awaitNanos(wakeNanos.getAsLong() - nowNanos());
    } else {
      changed.await();
    }
  }

  /** Whatever goes wrong in one turn, its line goes on. */
  private void take(WaitingLines.Turn<WaitingRequest> turn) {
    boolean decided = false;
    try {
      decide(turn);
      decided = true;
    } catch (IllegalArgumentException takenOutOfTheConfiguration) {
      LOG.log(System.Logger.Level.DEBUG, "a waiting call is given up", takenOutOfTheConfiguration);
    } finally {
      if (!decided) {
        turn.waiter().giveUp();
        after(() -> lines.done(turn, nowNanos()));
      }
    }
  }

  /**
   * @throws IllegalArgumentException when the call's tier or route does not exist any more
   */
  private void decide(WaitingLines.Turn<WaitingRequest> turn) {
    Decision decision = tollgate.reserve(turn.waiter().call());
    if (!(decision instanceof Decision.Refused refused)) {
      turn.waiter().admit(decision);
      after(() -> lines.done(turn, nowNanos()));
    } else if (!WaitingRequest.passes(refused.refusal())) {
      turn.waiter().refuse(refused);
      after(() -> lines.done(turn, nowNanos()));
    } else if (turn.isLast()) {
      turn.waiter().refuse(refused);
      after(() -> lines.done(turn, nowNanos() + waitNanos(refused)));
    } else {
      Priority priority = priority(refused);
      after(() -> lines.again(turn, priority, nowNanos() + waitNanos(refused)));
    }
  }

  private void after(Runnable change) {
    lock.lock();
    try {
      if (!closed) {
        change.run();
      }
    } finally {
      lock.unlock();
    }
  }

  private Priority priority(Decision.Refused refused) {
    return priority(refused, tollgate.policies().tier(refused.call().caller().tier()));
  }

  /** A caller who has used up a quota waits as restricted callers of the tier do. */
  static Priority priority(Decision.Refused refused, Tier tier) {
    boolean usedUp =
        refused.limits().stream()
            .anyMatch(state -> state.limit().isQuota() && state.remaining() <= 0);
    return usedUp ? tier.restriction().priority() : tier.priority();
  }

  private static long waitNanos(Decision.Refused refused) {
    return refused.refusal().retryAfter().map(Duration::toNanos).orElse(0L);
  }

  private long nowNanos() {
    return System.nanoTime() - startNanos;
  }
}
