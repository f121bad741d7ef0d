package dev.tollgate;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * The alerts that wait for one sink, the most severe first, and those that are alike in order: what
 * callers can bring about in any number neither delays nor displaces what everybody has to know.
 * When it is full, the oldest of the least severe makes room, and is lost. One that fails is tried
 * again after a pause that doubles with every failure in a row, up to {@link #LONGEST_PAUSE}; after
 * {@link #MAX_TRIES} it is lost, which is counted and logged.
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

  private static final Comparator<Letter> ORDER =
      Comparator.comparing(Letter::severity).reversed().thenComparingLong(Letter::number);

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
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong retried = new AtomicLong();

  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final AtomicInteger failuresInARow = new AtomicInteger();
  private volatile boolean ending;
  private volatile boolean ended;

  // guarded by this
  private final NavigableSet<Letter> waiting = new TreeSet<>(ORDER);
  private final Map<Alert.Severity, Long> lost = new EnumMap<>(Alert.Severity.class);
  private long added;
  private boolean delivering;
  private boolean full;

  /**
   * @param random spreads the pauses of many processes
   */
  Outbox(AlertSink sink, Timer timer, RandomGenerator random) {
    this.sink = sink;
    this.timer = timer;
    this.random = random;
  }

  /** Takes an alert, unless the sink is not told such ones. */
  void add(Alert alert) {
    if (alert.severity().compareTo(sink.leastSeverity()) < 0) {
      return;
    }
    put(alert);
    schedule(Duration.ZERO);
    if (ended) {
      abandon();
    }
  }

  private synchronized void put(Alert alert) {
    waiting.add(new Letter(alert, added++));
    if (size() <= CAPACITY) {
      full = false;
      return;
    }
    Letter least = oldest(waiting.last().alert);
    waiting.remove(least);
    countLost(least.alert);
    if (!full) {
      full = true;
      LOGGER.log(
          Level.WARNING,
          "alerts to {0} are lost: {1} others wait, the first that is lost is {2}",
          sink.name(),
          CAPACITY,
          least.alert);
    }
  }

  /** The oldest that is as severe as an alert that waits. */
  private Letter oldest(Alert alert) {
    return Objects.requireNonNull(waiting.ceiling(new Letter(alert, -1)));
  }

  private int size() {
    return waiting.size() + (delivering ? 1 : 0);
  }

  private synchronized boolean isEmpty() {
    return size() == 0;
  }

  private synchronized void countLost(Alert alert) {
    lost.merge(alert.severity(), 1L, Long::sum);
  }

  synchronized SinkState state() {
    long all = lost.values().stream().mapToLong(Long::longValue).sum();
    return new SinkState(sink.name(), delivered.get(), retried.get(), all, size(), lost);
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
    Duration pause = take().map(this::attempt).orElse(Duration.ZERO);
    scheduled.set(false);
    if (!isEmpty()) {
      schedule(pause);
    }
    completeIfDrained();
  }

  private synchronized Optional<Letter> take() {
    Optional<Letter> next = Optional.ofNullable(waiting.pollFirst());
    delivering = next.isPresent();
    return next;
  }

  private synchronized void finish() {
    delivering = false;
  }

  private synchronized void putBack(Letter letter) {
    delivering = false;
    waiting.add(letter);
  }

  private void completeIfDrained() {
    if (ending && (isEmpty() || failuresInARow.get() > 0)) {
      drained.complete(null);
    }
  }

  /** Tries to deliver an alert; says how long to pause then. */
  private Duration attempt(Letter next) {
    try {
      sink.deliver(next.alert);
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

  private void failed(Letter letter, UndeliveredException failure) {
    letter.tries++;
    int inARow = failuresInARow.incrementAndGet();
    if (failure.isLasting() || letter.tries == MAX_TRIES) {
      countLost(letter.alert);
      finish();
      LOGGER.log(
          Level.WARNING,
          "an alert to {0} is lost: {1}: {2}",
          sink.name(),
          failure.getMessage(),
          letter.alert);
      return;
    }
    putBack(letter);
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
    for (Optional<Letter> next = take(); next.isPresent(); next = take()) {
      Alert alert = next.get().alert;
      countLost(alert);
      LOGGER.log(
          Level.WARNING, "an alert to {0} is lost: the end came first: {1}", sink.name(), alert);
    }
  }

  /** An alert that waits. Those that are alike go by their numbers. */
  private static final class Letter {
    private final Alert alert;
    private final long number;
    private int tries;

    Letter(Alert alert, long number) {
      this.alert = alert;
      this.number = number;
    }

    Alert.Severity severity() {
      return alert.severity();
    }

    long number() {
      return number;
    }
  }
}
