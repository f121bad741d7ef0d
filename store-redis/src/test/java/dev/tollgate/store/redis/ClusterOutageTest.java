package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.store.redis.Spent.Difference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * An engine makes calls while one of a cluster's three masters dies. Callers of the other two do
 * not notice: those of them who have used up what they may are refused all the time, which only the
 * store can know. Afterwards the cluster knows what everybody has spent.
 */
class ClusterOutageTest {

  private static final String SEED = "tollgate.seed";
  private static final Duration DEADLINE = Duration.ofMillis(100);
  private static final Duration NODE_TIMEOUT = Duration.ofMillis(800);
  private static final Duration PROMISED = NODE_TIMEOUT.plusSeconds(2);

  /** So much later than the election: a probe comes twice a second. */
  private static final Duration FOLLOWED = Duration.ofMillis(1000);

  private static final int DEAD = 2;
  private static final String MODEL = "m";
  private static final int ALLOWED = 3;
  private static final Tier SMALL =
      Tier.of("small", Limit.of(Meter.REQUESTS, ALLOWED, Spent.month()));

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final Spent spent = new Spent();

  @Test
  void callersOfTheOtherMastersDoNotNoticeThatOneDies() throws Exception {
    // else all masters refuse while one of them is dead and its replica not elected
    try (LocalCluster cluster = new LocalCluster("cluster-require-full-coverage no")) {
      cluster.setNodeTimeout(NODE_TIMEOUT);
      try (Tollgate engine = engine(cluster)) {
        try (Traffic calls = new Traffic(engine, group(), List.of(MODEL), spent, seed)) {
          List<Caller> elsewhere = exhausted(engine, 0, DEAD);
          List<Caller> there = exhausted(engine, DEAD, LocalCluster.MASTERS);
          calls.awaitCalls(100);
          cluster.master(DEAD).kill();
          watch(engine, elsewhere, cluster);
          calls.awaitCalls(100);
          System.out.printf("%s, %s%n", calls.decisions(), calls.times());
          there.forEach(caller -> assertThat(isRefused(engine, caller)).isTrue());
        }
        await(() -> engine.health().journalledSettlements() == 0);
        await(() -> spent.difference(engine, "").equals(Difference.NONE));
      }
      try (Tollgate auditor = engine(cluster)) {
        assertThat(spent.difference(auditor, "")).isEqualTo(Difference.NONE);
      }
    }
  }

  /** Makes calls that must be refused, from the kill until nothing is degraded any more. */
  private void watch(Tollgate engine, List<Caller> elsewhere, LocalCluster cluster)
      throws InterruptedException {
    long killed = System.nanoTime();
    long elected = 0;
    long recovered = 0;
    long slowest = 0;
    int asked = 0;
    int wrong = 0;
    boolean isNoticed = false;
    while (recovered == 0 && System.nanoTime() - killed < Duration.ofSeconds(30).toNanos()) {
      long began = System.nanoTime();
      wrong += isRefused(engine, elsewhere.get(asked++ % elsewhere.size())) ? 0 : 1;
      slowest = Math.max(slowest, System.nanoTime() - began);
      if (elected == 0 && cluster.isPromoted(DEAD)) {
        elected = System.nanoTime() - killed;
      }
      isNoticed |= engine.health().degraded();
      if (isNoticed && elected > 0 && !engine.health().degraded()) {
        recovered = System.nanoTime() - killed;
      }
      Thread.sleep(5);
    }
    System.out.printf(
        "-D%s=%d: a master killed, node timeout %d ms: its replica was elected after %d ms, the last"
            + " shard was decided by the store again after %d ms (promised: %d ms); of %d decisions"
            + " on the other masters %d were made without the store, the slowest took %d ms%n",
        SEED,
        seed,
        NODE_TIMEOUT.toMillis(),
        elected / 1_000_000,
        recovered / 1_000_000,
        PROMISED.toMillis(),
        asked,
        wrong,
        slowest / 1_000_000);
    assertThat(isNoticed).isTrue();
    assertThat(recovered).isPositive();
    assertThat(wrong).isZero();
    Duration inTime = Duration.ofNanos(elected).plus(FOLLOWED);
    assertThat(Duration.ofNanos(recovered))
        .as("the promise, where the servers elect in time")
        .isLessThan(inTime.compareTo(PROMISED) > 0 ? inTime : PROMISED);
  }

  /**
   * Callers with accounts on masters of a range, who have made all the calls that they may make.
   */
  private static List<Caller> exhausted(Tollgate engine, int first, int end) {
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; callers.size() < 6; i++) {
      Caller caller = new Caller("small-" + i, SMALL.name());
      int master = LocalCluster.masterOf(Names.of(caller.id()).slot());
      if (first <= master && master < end) {
        for (int calls = 0; !isRefused(engine, caller); calls++) {
          assertThat(calls).isLessThan(2 * ALLOWED);
        }
        callers.add(caller);
      }
    }
    return callers;
  }

  private static boolean isRefused(Tollgate engine, Caller caller) {
    return engine.reserve(Call.of(caller, Spent.ROUTE)) instanceof Decision.Refused;
  }

  /** What callers' names begin with, so that each master has some of them. */
  private static String group() {
    for (int i = 0; ; i++) {
      String group = "group" + i;
      long masters =
          IntStream.range(0, Traffic.CALLERS)
              .map(caller -> LocalCluster.masterOf(Names.of(group + "-" + caller).slot()))
              .distinct()
              .count();
      if (masters == LocalCluster.MASTERS) {
        return group;
      }
    }
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(condition);
  }

  private static Tollgate engine(LocalCluster cluster) {
    PriceBook prices = new PriceBook(Map.of(MODEL, Price.of(1_000_000_000, 1_000_000_000)));
    Policies policies =
        Policies.of(List.of(Spent.TIER, SMALL), List.of(Route.of(Spent.ROUTE)), prices);
    return Tollgate.builder(policies, Stores.open(cluster.uri(), DEADLINE)).build();
  }
}
