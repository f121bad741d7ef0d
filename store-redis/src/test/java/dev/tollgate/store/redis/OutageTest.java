package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.BudgetStatus;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Provider;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.Window;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * The server is killed, stopped and unreachable while an engine decides 200 calls a second: calls
 * go on, and afterwards the store has charged what they used, to the nano-dollar.
 */
class OutageTest {

  private static final String SEED = "tollgate.seed";
  private static final int THREADS = 10;
  private static final int CALLS_A_SECOND = 200;
  private static final Duration DEADLINE = Duration.ofMillis(50);

  private static final Duration MOST_OF_ALL = Duration.ofMillis(50);
  private static final Duration SLOWEST = Duration.ofMillis(250);

  /** Threads that take part in a decision: the caller's, the server's and two of the proxy. */
  private static final int INVOLVED = 4;

  private static final Duration BACK = Duration.ofSeconds(2);

  /** Generous: other runs share the machine's processors. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private enum Fault {
    KILL,
    STOP,
    DROP
  }

  @TempDir Path directory;

  private final AtomicLong spent = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final List<Long> nanos = new ArrayList<>();
  private final Stalls stalls = new Stalls();
  private Duration longestReturn = Duration.ZERO;
  private volatile boolean ended;

  /**
   * Of short outages the calls that notice them first are a larger part: so there is calm between
   * them. While the machine stands still nobody decides: what that can have slowed is not counted.
   */
  @Test
  void callsGoOnAndAreChargedOnce() throws Exception {
    run(Duration.ofMillis(1000), Duration.ofSeconds(8));
    double stalled = Math.min(0.49, INVOLVED * stalls.part(MOST_OF_ALL.dividedBy(INVOLVED)));
    assertDecided(0.99 - stalled, MOST_OF_ALL);
    assertDecided(1, SLOWEST.plus(stalls.longest()));
    assertThat(longestReturn).as("return").isLessThan(BACK.plus(stalls.longest()));
  }

  @Test
  @Tag("long")
  void callsGoOnAndAreChargedOnceThroughLongOutages() throws Exception {
    run(Duration.ofSeconds(45), Duration.ZERO);
    assertDecided(0.99, MOST_OF_ALL);
    assertDecided(1, SLOWEST);
    assertThat(longestReturn).as("return").isLessThan(BACK);
  }

  @AfterEach
  void stopWatching() {
    stalls.close();
  }

  private void run(Duration outage, Duration calm) throws Exception {
    long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (LocalRedis redis =
            LocalRedis.start("appendonly yes", "appendfsync everysec", "dir " + directory);
        FaultyProxy proxy = FaultyProxy.to(redis.port())) {
      try (Tollgate engine = engine(proxy.uri())) {
        List<Future<?>> load = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          int number = i;
          load.add(threads.submit(() -> call(engine, number, new Random(seed + number))));
        }
        Thread.sleep(1000);
        for (Fault fault : Fault.values()) {
          suffer(fault, outage, redis, proxy, engine);
          Thread.sleep(calm.toMillis());
        }
        ended = true;
        for (Future<?> each : load) {
          each.get();
        }
        awaitNormal(engine);
        assertCallersCharged(engine);
      }
      assertBudgetCharged(redis);
      report(seed);
    } finally {
      ended = true;
      threads.shutdownNow();
    }
  }

  private static Tollgate engine(URI uri) {
    Window month = new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC);
    Limit hard = Limit.of(Meter.COST, usd("100"), month);
    Provider budget = new Provider("openai", Set.of(), List.of()).hardLimit(hard, 0, usd("0.50"));
    PriceBook prices = new PriceBook(Map.of("m", Price.of(1_000_000_000, 1_000_000_000)));
    Tier tier = Tier.of("free", Limit.of(Meter.COST, usd("1000"), month));
    Policies policies =
        Policies.of(List.of(tier), List.of(Route.of("chat")), prices)
            .with(new Spending(List.of(budget), BreakerPolicy.OFF, AnomalyPolicy.OFF));
    return Tollgate.builder(policies, Stores.open(uri, DEADLINE)).build();
  }

  private static long usd(String amount) {
    return Money.nanoUsd(new BigDecimal(amount));
  }

  /** One caller's calls, at its part of the rate, however long each takes. */
  private void call(Tollgate engine, int number, Random random) {
    long pause = 1_000_000_000L * THREADS / CALLS_A_SECOND;
    long next = System.nanoTime() + pause * number / THREADS;
    while (!ended) {
      LockSupport.parkNanos(next - System.nanoTime());
      if (System.nanoTime() < next) {
        continue;
      }
      next += pause;
      Call call = Call.of(caller(number), "chat").model("m").estimate(100, 50);
      long began = System.nanoTime();
      Decision decision = engine.reserve(call);
      long took = System.nanoTime() - began;
      synchronized (nanos) {
        nanos.add(took);
      }
      if (decision instanceof Decision.Refused) {
        refused.incrementAndGet();
      } else {
        Usage usage = Usage.of(random.nextInt(101), random.nextInt(51));
        spent.addAndGet(decision.orThrow().settle(usage).costNanoUsd());
      }
    }
  }

  private static Caller caller(int number) {
    return new Caller("caller-" + number, "free");
  }

  private void suffer(
      Fault fault, Duration outage, LocalRedis redis, FaultyProxy proxy, Tollgate engine)
      throws Exception {
    // a slice may be leased between this answer and the fault
    long leased = engine.budgets().get(0).leased();
    long spentBefore = spent.get();
    long refusedBefore = refused.get();
    long pid = pid(redis);
    switch (fault) {
      case KILL -> redis.close();
      case STOP -> signal("STOP", pid);
      case DROP -> proxy.drop();
    }
    Thread.sleep(outage.toMillis());
    assertThat(engine.health().degraded()).as("%s is noticed", fault).isTrue();
    long spentWithout = spent.get() - spentBefore;
    int journal = engine.health().journalledSettlements();
    switch (fault) {
      case KILL -> redis.restart();
      case STOP -> signal("CONT", pid);
      case DROP -> proxy.pass();
    }
    long returned = System.nanoTime();
    await(() -> !engine.health().degraded());
    Duration back = Duration.ofNanos(System.nanoTime() - returned);
    longestReturn = back.compareTo(longestReturn) > 0 ? back : longestReturn;
    awaitNormal(engine);
    System.out.printf(
        "%s for %d ms: leased %s USD before, spent %s, refused %d, journal %d; decided by the store"
            + " again after %d ms, all is told after %d ms%n",
        fault,
        outage.toMillis(),
        Money.usd(leased),
        Money.usd(spentWithout),
        refused.get() - refusedBefore,
        journal,
        back.toMillis(),
        (System.nanoTime() - returned) / 1_000_000);
    assertThat(spentWithout)
        .as("%s: spent of what was leased", fault)
        .isLessThanOrEqualTo(leased + usd("0.50"));
  }

  private static void awaitNormal(Tollgate engine) {
    await(() -> !engine.health().degraded() && engine.health().journalledSettlements() == 0);
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(condition);
  }

  private static long pid(LocalRedis redis) {
    try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
      return jedis
          .info("server")
          .lines()
          .filter(line -> line.startsWith("process_id:"))
          .mapToLong(line -> Long.parseLong(line.substring(11).strip()))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    String number = Long.toString(pid);
    assertThat(new ProcessBuilder("kill", "-" + name, number).start().waitFor()).isZero();
  }

  private void assertCallersCharged(Tollgate engine) {
    long charged = 0;
    long held = 0;
    for (int i = 0; i < THREADS; i++) {
      charged += engine.limits(caller(i), "chat").get(0).used();
      held += engine.limits(caller(i), "chat").get(0).held();
    }
    System.out.printf(
        "callers: settled %s USD, store %s USD, held %d%n",
        Money.usd(spent.get()), Money.usd(charged), held);
    assertThat(charged).isEqualTo(spent.get());
    assertThat(held).isZero();
  }

  private void assertBudgetCharged(LocalRedis redis) {
    try (Tollgate engine = engine(redis.uri())) {
      BudgetStatus status = engine.budgets().get(0);
      System.out.printf(
          "budget: posted %s USD, leased %s%n",
          Money.usd(status.posted()), Money.usd(status.leased()));
      assertThat(status.posted()).isEqualTo(spent.get());
      assertThat(status.leased()).isZero();
    }
  }

  private void report(long seed) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    long slow = Arrays.stream(sorted).filter(each -> each > 50_000_000L).count();
    System.out.printf(
        "-D%s=%d: %d calls, %d refused, median %d us, p99 %d ms, max %d ms, %d above 50 ms; an idle"
            + " thread woke up more than 12 ms late in %.1f %% of the time, at most %d ms%n",
        SEED,
        seed,
        sorted.length,
        refused.get(),
        sorted[sorted.length / 2] / 1000,
        sorted[sorted.length * 99 / 100] / 1_000_000,
        sorted[sorted.length - 1] / 1_000_000,
        slow,
        100 * stalls.part(MOST_OF_ALL.dividedBy(INVOLVED)),
        stalls.longest().toMillis());
  }

  /** Whether so many of the calls were decided in time. */
  private void assertDecided(double part, Duration most) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    int index = Math.min(sorted.length - 1, (int) (sorted.length * part));
    assertThat(Duration.ofNanos(sorted[index])).as("of %s", part).isLessThan(most);
  }
}
