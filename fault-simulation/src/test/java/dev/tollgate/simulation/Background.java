package dev.tollgate.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What an engine does beside calls, one task at a time and when the world says so: a process that
 * is not turned for days is one that was asleep. Not thread-safe.
 */
final class Background extends AbstractExecutorService implements ScheduledExecutorService {

  private static final int MOST = 10_000;

  /** A task that comes again and again; its turn is not foretold. */
  private static final class Periodic extends FutureTask<Void> implements ScheduledFuture<Void> {

    Periodic(Runnable task) {
      super(task, null);
    }

    void turn() {
      runAndReset();
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }

  private final List<Runnable> periodic = new ArrayList<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean ended;

  /** Runs what waits, then every periodic task once, then what waits by then. */
  void turn() {
    runWaiting();
    for (Runnable task : List.copyOf(periodic)) {
      task.run();
      runWaiting();
    }
  }

  /** Runs one periodic task, or what has waited the longest. */
  void turn(int which) {
    Runnable next = waiting.pollFirst();
    if (next != null) {
      next.run();
    } else if (!periodic.isEmpty()) {
      periodic.get(Math.floorMod(which, periodic.size())).run();
    }
  }

  private void runWaiting() {
    for (int i = 0; i < MOST && !waiting.isEmpty(); i++) {
      waiting.removeFirst().run();
    }
    Violation.unless(waiting.isEmpty(), "the background gives itself work without end");
  }

  @Override
  public void execute(Runnable task) {
    if (ended) {
      throw new RejectedExecutionException("the process has ended");
    }
    waiting.addLast(task);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    periodic.add(task);
    return new Periodic(task);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    return scheduleWithFixedDelay(task, initialDelay, period, unit);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    execute(task);
    return new Periodic(task);
  }

  @Override
  public <T> ScheduledFuture<T> schedule(Callable<T> task, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException("the engine waits for no answer of its background");
  }

  @Override
  public void shutdown() {
    ended = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    ended = true;
    periodic.clear();
    List<Runnable> dropped = List.copyOf(waiting);
    waiting.clear();
    return dropped;
  }

  @Override
  public boolean isShutdown() {
    return ended;
  }

  @Override
  public boolean isTerminated() {
    return ended;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return ended;
  }
}
