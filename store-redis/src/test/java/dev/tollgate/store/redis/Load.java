package dev.tollgate.store.redis;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that reserve and settle for many callers, each of whom may do so {@link #LIMIT} times,
 * and an oracle: what must come of it for each caller. What was not acknowledged is asked again
 * with the same id, as the engine does, after it was counted as an error.
 */
final class Load implements AutoCloseable {

  static final int LIMIT = 20;

  private static final long YEAR = 365L * 86_400_000_000L;
  private static final Quota QUOTA =
      new Quota(at -> new Calendar.Span(0, 100 * YEAR), LIMIT, LIMIT, LIMIT, List.of());
  private static final Duration MAX_REPEATS = Duration.ofSeconds(20);

  /** An operation that was not acknowledged at its first try. */
  record Failure(long atNanos, String message) {}

  private static final class Caller {
    final AtomicInteger attempts = new AtomicInteger();
    final AtomicInteger admitted = new AtomicInteger();
  }

  private final Store store;
  private final List<String> names;
  private final Map<String, Caller> callers = new ConcurrentHashMap<>();
  private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong operations = new AtomicLong();
  private final AtomicLong slowestNanos = new AtomicLong();
  private final ExecutorService threads;
  private final List<Future<?>> running = new ArrayList<>();
  private volatile boolean isStopped;

  Load(Store store, List<String> names, int threads, long seed) {
    this(List.of(store), names, threads, seed);
  }

  /** The same through several clients, of which each thread has one. */
  Load(List<Store> stores, List<String> names, int threads, long seed) {
    this.store = stores.get(0);
    this.names = names;
    this.threads = Executors.newFixedThreadPool(threads);
    for (int i = 0; i < threads; i++) {
      Random random = new Random(seed + i);
      String thread = "t" + i + "-";
      Store mine = stores.get(i % stores.size());
      running.add(this.threads.submit(() -> run(mine, random, thread)));
    }
  }

  private Void run(Store mine, Random random, String thread) throws StoreException {
    for (int i = 0; !isStopped; i++) {
      call(mine, names.get(random.nextInt(names.size())), thread + i);
    }
    return null;
  }

  private void call(Store mine, String name, String id) throws StoreException {
    Caller caller = callers.computeIfAbsent(name, absent -> new Caller());
    caller.attempts.incrementAndGet();
    Request request =
        new Request(name, id, List.of(Charge.of("calls", QUOTA, 1)), 600_000_000L, "");
    Receipt receipt = ask(() -> mine.reserve(request));
    if (receipt.outcome() == Outcome.REFUSED) {
      return;
    }
    caller.admitted.incrementAndGet();
    Hold hold = receipt.admitted().orElseThrow();
    ask(() -> mine.settle(hold, List.of(1L), id));
  }

  private interface Operation {
    Receipt ask() throws StoreException;
  }

  private Receipt ask(Operation operation) throws StoreException {
    long start = System.nanoTime();
    while (true) {
      long now = System.nanoTime();
      operations.incrementAndGet();
      try {
        return operation.ask();
      } catch (StoreException failed) {
        failures.add(new Failure(System.nanoTime(), String.valueOf(failed.getMessage())));
        if (System.nanoTime() - start > MAX_REPEATS.toNanos()) {
          throw failed;
        }
        pause();
      } finally {
        long took = System.nanoTime() - now;
        slowestNanos.accumulateAndGet(took, Math::max);
      }
    }
  }

  /** As the engine's probe does, though it is more patient. */
  private static void pause() {
    LockSupport.parkNanos(5_000_000);
  }

  long operations() {
    return operations.get();
  }

  List<Failure> failures() {
    return List.copyOf(failures);
  }

  Duration slowest() {
    return Duration.ofNanos(slowestNanos.get());
  }

  /** Waits until so many more operations were answered. */
  void awaitMore(int count) throws InterruptedException {
    long goal = operations.get() + count;
    long end = System.nanoTime() + MAX_REPEATS.toNanos();
    while (operations.get() < goal && System.nanoTime() < end) {
      Thread.sleep(2);
    }
  }

  /** Waits until so many operations have failed. */
  void awaitFailures(int count) throws InterruptedException {
    long end = System.nanoTime() + MAX_REPEATS.toNanos();
    while (failures.size() < count && System.nanoTime() < end) {
      Thread.sleep(2);
    }
  }

  /** Ends the threads; fails if one of them found the store out for good. */
  @Override
  public void close() {
    isStopped = true;
    threads.shutdown();
    try {
      for (Future<?> each : running) {
        each.get(60, TimeUnit.SECONDS);
      }
    } catch (Exception e) {
      throw new AssertionError("a thread of the load did not end well", e);
    }
  }

  /**
   * What came of it, over all callers. After the end.
   *
   * @param wrong decisions and charges that are not what they must be
   * @param doubled charges that nobody was let in for
   * @param lost charges that the store acknowledged and does not have
   */
  record Outcomes(long wrong, long doubled, long lost) {}

  Outcomes outcomes() throws StoreException {
    return outcomes(store);
  }

  /** The same, as another client sees it. */
  Outcomes outcomes(Store store) throws StoreException {
    long wrong = 0;
    long doubled = 0;
    long lost = 0;
    for (Map.Entry<String, Caller> each : callers.entrySet()) {
      Caller caller = each.getValue();
      int expected = Math.min(LIMIT, caller.attempts.get());
      Balance balance =
          store.read(each.getKey(), List.of(Charge.of("calls", QUOTA, 1))).balances().get(0);
      long missing = caller.admitted.get() - balance.posted();
      wrong += Math.abs(caller.admitted.get() - expected) + Math.abs(missing) + balance.held();
      doubled += Math.max(0, -missing);
      lost += Math.max(0, missing);
    }
    return new Outcomes(wrong, doubled, lost);
  }

  /** Callers that have used up what they may. */
  long exhausted() {
    return callers.values().stream().filter(caller -> caller.attempts.get() > LIMIT).count();
  }

  int callers() {
    return callers.size();
  }
}
