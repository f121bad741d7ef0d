package dev.tollgate.simulator;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Time that stands still until it is advanced: a clock, and an executor that runs its tasks when
 * their time comes, in order, on the thread that advances it. Tasks of the same time run in the
 * order in which they were given.
 *
 * <p>Not thread-safe. A task that waits for another one waits for ever.
 */
final class VirtualTime extends AbstractExecutorService
    implements ScheduledExecutorService, InstantSource {

  private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>();
  private long nowMicros;
  private long given;
  private boolean ended;

  /**
   * @param startMicros microseconds since 1970
   */
  VirtualTime(long startMicros) {
    nowMicros = startMicros;
  }

  /** The time: microseconds since 1970. */
  long micros() {
    return nowMicros;
  }

  @Override
  public Instant instant() {
    return TimeFormat.instant(nowMicros);
  }

  /** Moves to a time that is not before now, and runs on the way what is due by then. */
  void advanceTo(long micros) {
    for (Task<?> next = tasks.peek(); next != null && next.atMicros <= micros; ) {
      tasks.remove();
      nowMicros = Math.max(nowMicros, next.atMicros);
      next.run();
      next = tasks.peek();
    }
    nowMicros = Math.max(nowMicros, micros);
  }

  @Override
  public void execute(Runnable command) {
    schedule(command, 0, TimeUnit.MICROSECONDS);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return add(new Task<>(Executors.callable(command), delay, 0, unit));
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return add(new Task<>(callable, delay, 0, unit));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    if (period <= 0) {
      throw new IllegalArgumentException("period " + period + " is not above 0");
    }
    return add(new Task<>(Executors.callable(command), initialDelay, period, unit));
  }

  /** The same as at a fixed rate: a task takes no time. */
  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return scheduleAtFixedRate(command, initialDelay, delay, unit);
  }

  private <V> Task<V> add(Task<V> task) {
    if (ended) {
      throw new RejectedExecutionException("the simulation has ended");
    }
    tasks.add(task);
    return task;
  }

  @Override
  public void shutdown() {
    ended = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    ended = true;
    List<Runnable> dropped = new ArrayList<>(tasks);
    tasks.clear();
    return dropped;
  }

  @Override
  public boolean isShutdown() {
    return ended;
  }

  @Override
  public boolean isTerminated() {
    return ended && tasks.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }

  private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {

    private final long order = given++;
    private final long periodMicros;
    private long atMicros;

    /**
     * @param period 0 for a task that runs once
     */
    Task(Callable<V> callable, long delay, long period, TimeUnit unit) {
      super(callable);
      this.periodMicros = period == 0 ? 0 : Math.max(1, unit.toMicros(period));
      this.atMicros = nowMicros + Math.max(0, unit.toMicros(delay));
    }

    @Override
    public void run() {
      if (periodMicros == 0) {
        super.run();
      } else if (runAndReset() && !ended) {
        atMicros += periodMicros;
        tasks.add(this);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      tasks.remove(this);
      return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(atMicros - nowMicros, TimeUnit.MICROSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Task<?> task = (Task<?>) other;
      int byTime = Long.compare(atMicros, task.atMicros);
      return byTime != 0 ? byTime : Long.compare(order, task.order);
    }
  }
}
