package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Alert;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.Tollgate;
import dev.tollgate.store.redis.Spent.Difference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * A server answers questions and takes nothing, for several probes. It is away for that time: calls
 * do not wait for it again after each probe, and it is told of once.
 */
class WriteRefusalTest {

  private static final String SEED = "tollgate.seed";
  private static final Duration DEADLINE = Duration.ofMillis(50);

  /** A probe comes twice a second. */
  private static final Duration REFUSED = Duration.ofSeconds(3);

  private static final String MODEL = "m";
  private static final int CALLS = 50;

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final Spent spent = new Spent();
  private final Queue<Alert.Kind> alerts = new ConcurrentLinkedQueue<>();

  private interface Change {
    void make(Jedis client);
  }

  @Test
  void aServerThatBecameAReplicaIsAwayUntilItIsAMaster() throws Exception {
    run(client -> client.replicaof("127.0.0.1", 1), Jedis::replicaofNoOne);
  }

  @Test
  void aServerWithoutMemoryIsAwayUntilItHasSome() throws Exception {
    run(client -> client.configSet("maxmemory", "1"), client -> client.configSet("maxmemory", "0"));
  }

  @Test
  void aMasterWithoutItsReplicasIsAwayUntilItMayWrite() throws Exception {
    run(
        client -> client.configSet("min-replicas-to-write", "1"),
        client -> client.configSet("min-replicas-to-write", "0"));
  }

  private void run(Change fault, Change remedy) throws Exception {
    try (LocalRedis redis = LocalRedis.start();
        Jedis client = redis.client();
        Tollgate engine = engine(redis)) {
      try (Traffic calls = new Traffic(engine, "caller", List.of(MODEL), spent, seed)) {
        calls.awaitCalls(CALLS);
        fault.make(client);
        await(() -> alerts.contains(Alert.Kind.STORE_DEGRADED));
        calls.forgetTimes();
        Thread.sleep(REFUSED.toMillis());
        System.out.printf(
            "-D%s=%d: refused writes for %d ms: %s, %s, alerts %s%n",
            SEED, seed, REFUSED.toMillis(), calls.decisions(), calls.times(), alerts);
        assertThat(alerts).as("told once").containsExactly(Alert.Kind.STORE_DEGRADED);
        assertThat(calls.slowerThan(DEADLINE))
            .as("decisions that took longer than a deadline: those of a machine that stands still")
            .isLessThan(Traffic.CALLS_A_SECOND * REFUSED.toSeconds() / 20);
        remedy.make(client);
        long remedied = System.nanoTime();
        await(() -> alerts.contains(Alert.Kind.STORE_RECOVERED));
        System.out.printf("recovered after %d ms%n", (System.nanoTime() - remedied) / 1_000_000);
        calls.awaitCalls(CALLS);
      }
      await(() -> engine.health().journalledSettlements() == 0);
      await(() -> spent.difference(engine, "caller").equals(Difference.NONE));
      assertThat(alerts).containsExactly(Alert.Kind.STORE_DEGRADED, Alert.Kind.STORE_RECOVERED);
    }
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(condition);
  }

  private Tollgate engine(LocalRedis redis) {
    PriceBook prices = new PriceBook(Map.of(MODEL, Price.of(1_000_000_000, 1_000_000_000)));
    Policies policies = Policies.of(List.of(Spent.TIER), List.of(Route.of(Spent.ROUTE)), prices);
    return Tollgate.builder(policies, Stores.open(redis.uri(), DEADLINE))
        .onAlert(alert -> alerts.add(alert.kind()))
        .build();
  }
}
