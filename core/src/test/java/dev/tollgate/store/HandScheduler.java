package dev.tollgate.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A background that goes by a hand-set clock, on the thread that advances it. Not thread-safe. */
public final class HandScheduler extends ScheduledThreadPoolExecutor {

  private record Turn(Instant at, Runnable task, Duration period) {}

  private final PriorityQueue<Turn> turns = new PriorityQueue<>(Comparator.comparing(Turn::at));
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final HandClock clock;

  public HandScheduler(HandClock clock) {
    super(1);
    this.clock = clock;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long delay, long period, TimeUnit unit) {
    Duration every = Duration.of(period, unit.toChronoUnit());
    turns.add(new Turn(clock.instant().plus(Duration.of(delay, unit.toChronoUnit())), task, every));
    return super.schedule(() -> {}, 0, TimeUnit.SECONDS);
  }

  /** Runs what is due up to the clock's time. */
  public void run() {
    while (!turns.isEmpty() && !turns.peek().at().isAfter(clock.instant())) {
      Turn turn = turns.remove();
      turn.task().run();
      turns.add(new Turn(clock.instant().plus(turn.period()), turn.task(), turn.period()));
    }
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }
}
