package dev.tollgate.store.redis;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Criticality;
import dev.tollgate.Decision;
import dev.tollgate.Reservation;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * Threads that make calls through one engine at an even rate. A call is open while its thread makes
 * a few others. Half of the calls are essential. Thread-safe.
 */
final class Traffic implements AutoCloseable {

  static final int CALLS_A_SECOND = 100;
  static final int CALLERS = 10;

  private static final int THREADS = 4;
  private static final int MAX_OPEN = 8;

  private final Tollgate engine;
  private final List<String> models;
  private final Spent spent;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final List<Future<?>> running = new ArrayList<>();
  private final Map<String, LongAdder> decisions = new ConcurrentHashMap<>();
  private final LongAdder letIn = new LongAdder();
  private final Queue<Long> micros = new ConcurrentLinkedQueue<>();
  private volatile String group;
  private volatile boolean isStopped;

  /**
   * @param group what the callers' names begin with
   * @param models each call has one of these
   * @param spent is told of what was settled
   */
  Traffic(Tollgate engine, String group, List<String> models, Spent spent, long seed) {
    this.engine = engine;
    this.group = group;
    this.models = models;
    this.spent = spent;
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed + i);
      running.add(threads.submit(() -> run(random)));
    }
  }

  private void run(Random random) {
    Deque<Reservation> open = new ArrayDeque<>();
    long pause = 1_000_000_000L * THREADS / CALLS_A_SECOND;
    long next = System.nanoTime();
    while (!isStopped) {
      call(random, open);
      next += pause;
      while (System.nanoTime() < next) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
    open.forEach(reservation -> settle(reservation, random));
  }

  private void call(Random random, Deque<Reservation> open) {
    String caller = group + "-" + random.nextInt(CALLERS);
    Call call =
        Call.of(new Caller(caller, Spent.TIER.name()), Spent.ROUTE)
            .model(models.get(random.nextInt(models.size())))
            .criticality(random.nextBoolean() ? Criticality.ESSENTIAL : Criticality.OPTIONAL)
            .estimate(100, 50);
    long began = System.nanoTime();
    Decision decision = engine.reserve(call);
    micros.add((System.nanoTime() - began) / 1000);
    boolean isWithoutStore = engine.health().degraded();
    if (decision instanceof Decision.Refused refused) {
      count(refused.refusal().getClass().getSimpleName());
    } else {
      count(isWithoutStore ? "let in while degraded" : "let in");
      letIn.increment();
      open.addLast(decision.orThrow());
    }
    while (open.size() > random.nextInt(MAX_OPEN)) {
      settle(open.removeFirst(), random);
    }
  }

  private void settle(Reservation reservation, Random random) {
    Usage usage = Usage.of(random.nextInt(101), random.nextInt(51));
    spent.add(reservation.call(), reservation.settle(usage).costNanoUsd());
  }

  private void count(String decision) {
    decisions.computeIfAbsent(decision, absent -> new LongAdder()).increment();
  }

  /** Further calls are other callers'. */
  void group(String group) {
    this.group = group;
  }

  /** How often each decision was made until now. */
  Map<String, Long> decisions() {
    Map<String, Long> counts = new TreeMap<>();
    decisions.forEach((decision, count) -> counts.put(decision, count.sum()));
    return counts;
  }

  /** How long deciding took until now. */
  String times() {
    long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
    return String.format(
        "median %.1f ms, p99 %.1f ms, slowest %.1f ms",
        sorted[sorted.length / 2] / 1000.0,
        sorted[sorted.length * 99 / 100] / 1000.0,
        sorted[sorted.length - 1] / 1000.0);
  }

  /** {@link #times} and {@link #slowerThan} are about what is decided from now on. */
  void forgetTimes() {
    micros.clear();
  }

  /** How many decisions took longer. */
  long slowerThan(Duration most) {
    return micros.stream().filter(each -> each > most.toNanos() / 1000).count();
  }

  /** Waits until so many more calls were let in. */
  void awaitCalls(int count) {
    long goal = letIn.sum() + count;
    await(() -> letIn.sum() >= goal);
  }

  /** Waits until a decision was made that is called so. */
  void awaitDecision(String name) {
    await(() -> decisions.containsKey(name));
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(condition);
  }

  /** Ends the calls, and fails if one of them threw. Idempotent. */
  @Override
  public void close() {
    isStopped = true;
    threads.shutdown();
    try {
      for (Future<?> each : running) {
        each.get(60, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("calls did not end well", e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
