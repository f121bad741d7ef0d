package dev.tollgate;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * The alerts that wait for one sink, in order. One that fails is tried again after a pause that
 * doubles with every failure in a row, up to {@link #LONGEST_PAUSE}; after {@link #MAX_TRIES} it is
 * lost, which is counted and logged.
 *
 * <p>Thread-safe. Delivers on the timer alone, one alert for each of its tasks and one task at a
 * time.
 */
final class Outbox {

  static final int CAPACITY = 1000;
  static final int MAX_TRIES = 10;
  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /** No receiver is left alone for longer, whatever it says. */
  static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final int MAX_DOUBLINGS = 20;

  /** Runs each task after a pause. */
  interface Timer {

    /**
     * @throws RejectedExecutionException when it has ended
     */
    void run(Runnable task, Duration pause);
  }

  private final AlertSink sink;
  private final Timer timer;
  private final RandomGenerator random;
  private final BlockingQueue<Alert> waiting = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicBoolean full = new AtomicBoolean();
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong retried = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();

  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final AtomicInteger failuresInARow = new AtomicInteger();
  private volatile boolean ending;
  private volatile boolean ended;

  /** Of the first alert that waits. The timer's. */
  private int tries;

  /**
   * @param random spreads the pauses of many processes
   */
  Outbox(AlertSink sink, Timer timer, RandomGenerator random) {
    this.sink = sink;
    this.timer = timer;
    this.random = random;
  }

  void add(Alert alert) {
    if (waiting.offer(alert)) {
      full.set(false);
      schedule(Duration.ZERO);
      if (ended) {
        abandon();
      }
      return;
    }
    lost.incrementAndGet();
    if (!full.getAndSet(true)) {
      LOGGER.log(
          Level.WARNING,
          "alerts to {0} are lost: {1} others wait, the first that is lost is {2}",
          sink.name(),
          CAPACITY,
          alert);
    }
  }

  SinkState state() {
    return new SinkState(sink.name(), delivered.get(), retried.get(), lost.get(), waiting.size());
  }

  private void schedule(Duration pause) {
    if (!scheduled.compareAndSet(false, true)) {
      return;
    }
    try {
      timer.run(this::deliverNext, pause);
    } catch (RejectedExecutionException closed) {
      abandon();
    }
  }

  private void deliverNext() {
    Alert next = waiting.peek();
    Duration pause = next == null ? Duration.ZERO : attempt(next);
    scheduled.set(false);
    if (!waiting.isEmpty()) {
      schedule(pause);
    }
    completeIfDrained();
  }

  private void completeIfDrained() {
    if (ending && (waiting.isEmpty() || failuresInARow.get() > 0)) {
      drained.complete(null);
    }
  }

  /** Tries to deliver the first alert that waits; says how long to pause then. */
  private Duration attempt(Alert next) {
    try {
      sink.deliver(next);
      delivered.incrementAndGet();
      finish();
      failuresInARow.set(0);
      return Duration.ZERO;
    } catch (UndeliveredException failure) {
      failed(next, failure);
      return pause(failure.retryAfter());
    } catch (RuntimeException broken) {
      // a sink is somebody else's code: it must not end the delivery to the others
      failed(next, UndeliveredException.lasting(broken.toString()));
      return pause(Duration.ZERO);
    }
  }

  private void finish() {
    waiting.poll();
    tries = 0;
  }

  private void failed(Alert alert, UndeliveredException failure) {
    tries++;
    int inARow = failuresInARow.incrementAndGet();
    if (failure.isLasting() || tries == MAX_TRIES) {
      lost.incrementAndGet();
      finish();
      LOGGER.log(
          Level.WARNING,
          "an alert to {0} is lost: {1}: {2}",
          sink.name(),
          failure.getMessage(),
          alert);
      return;
    }
    retried.incrementAndGet();
    if (inARow == 1) {
      LOGGER.log(
          Level.WARNING,
          "{0} does not take alerts, which are tried again: {1}",
          sink.name(),
          failure.getMessage());
    }
  }

  private Duration pause(Duration retryAfter) {
    long doubled = FIRST_PAUSE.toNanos() << Math.min(failuresInARow.get() - 1, MAX_DOUBLINGS);
    long longest = Math.min(doubled, LONGEST_PAUSE.toNanos());
    long spread = longest / 2 + random.nextLong(longest / 2 + 1);
    long told = Math.min(retryAfter.toNanos(), LONGEST_RETRY_AFTER.toNanos());
    return Duration.ofNanos(Math.max(spread, told));
  }

  /** Complete as soon as nothing waits, or what waits is kept by a failure. */
  CompletableFuture<Void> drain() {
    ending = true;
    completeIfDrained();
    return drained;
  }

  void closeSink() {
    sink.close();
  }

  /** Gives up what waits, and whatever comes. */
  void abandon() {
    ended = true;
    int given = 0;
    for (Alert alert = waiting.poll(); alert != null; alert = waiting.poll()) {
      given++;
      LOGGER.log(
          Level.WARNING, "an alert to {0} is lost: the end came first: {1}", sink.name(), alert);
    }
    lost.addAndGet(given);
  }
}
