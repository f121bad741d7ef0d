package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Bucket;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisSentinel;

/** Servers that stand together. */
class TopologyTest {

  private static final int SLOTS = 16_384;
  private static final Bucket BUCKET = new Bucket(10, 60_000_000L, 20);

  @TempDir Path directory;

  @Test
  void clusterSpreadsAccountsAndIsFollowedWhenSlotsMove() throws StoreException {
    List<LocalRedis> nodes = IntStream.range(0, 3).mapToObj(this::clusterNode).toList();
    try {
      for (int i = 0; i < nodes.size(); i++) {
        serve(nodes.get(i), i * SLOTS / 3, (i + 1) * SLOTS / 3);
        meet(nodes.get(i), nodes.get(0));
      }
      nodes.forEach(TopologyTest::awaitClusterOf3);
      String hosts =
          nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
      try (Store store = Stores.open(URI.create("redis-cluster://" + hosts), Stores.DEADLINE)) {
        for (int i = 0; i < 30; i++) {
          assertReservesAndSettles(store, "account-" + i);
        }
        assertThat(nodes).allSatisfy(node -> assertThat(size(node)).isPositive());
        String moved = "moved";
        moveSlot(Names.of(moved).slot(), nodes);
        assertReservesAndSettles(store, moved);
      }
    } finally {
      nodes.forEach(LocalRedis::close);
    }
  }

  @Test
  void sentinelsNameTheMasterAndItsSuccessor() throws Exception {
    LocalRedis first = LocalRedis.start();
    LocalRedis second = LocalRedis.start();
    int port = LocalRedis.freePort();
    RedisSentinel sentinel =
        RedisSentinel.newRedisSentinel()
            .port(port)
            .bind("127.0.0.1")
            .masterName("main")
            .masterPort(first.port())
            .quorumSize(1)
            .build();
    try (first;
        second) {
      sentinel.start();
      URI uri = URI.create("redis-sentinel://127.0.0.1:1,127.0.0.1:" + port + "/main");
      try (Store store = Stores.open(uri, Stores.DEADLINE)) {
        assertReservesAndSettles(store, "alice");
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
          jedis.sentinelRemove("main");
          jedis.sentinelMonitor("main", "127.0.0.1", second.port(), 1);
        }
        demote(first, second);
        assertReservesAndSettles(store, "bob");
        assertThat(size(second)).isPositive();
      }
    } finally {
      sentinel.stop();
    }
  }

  private LocalRedis clusterNode(int number) {
    return LocalRedis.start(
        "cluster-enabled yes",
        "cluster-node-timeout 2000",
        "cluster-config-file " + directory.resolve("nodes-" + number + ".conf"));
  }

  private static void serve(LocalRedis node, int firstSlot, int endSlot) {
    try (Jedis jedis = jedis(node)) {
      jedis.clusterAddSlots(IntStream.range(firstSlot, endSlot).toArray());
    }
  }

  private static void meet(LocalRedis node, LocalRedis other) {
    try (Jedis jedis = jedis(node)) {
      jedis.clusterMeet("127.0.0.1", other.port());
    }
  }

  private static void awaitClusterOf3(LocalRedis node) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              try (Jedis jedis = jedis(node)) {
                String info = jedis.clusterInfo();
                return info.contains("cluster_state:ok") && info.contains("cluster_size:3");
              }
            });
  }

  /** Gives an empty slot to the node after its owner, as an operator would. */
  private static void moveSlot(int slot, List<LocalRedis> nodes) {
    int owner = slot * 3 / SLOTS;
    LocalRedis target = nodes.get((owner + 1) % 3);
    List<LocalRedis> all = new ArrayList<>(nodes);
    all.remove(target);
    all.add(0, target);
    try (Jedis jedis = jedis(target)) {
      String id = jedis.clusterMyId();
      for (LocalRedis node : all) {
        try (Jedis each = jedis(node)) {
          each.clusterSetSlotNode(slot, id);
        }
      }
    }
  }

  private static void demote(LocalRedis old, LocalRedis successor) {
    try (Jedis jedis = jedis(old)) {
      jedis.replicaof("127.0.0.1", successor.port());
    }
  }

  private static long size(LocalRedis node) {
    try (Jedis jedis = jedis(node)) {
      return jedis.dbSize();
    }
  }

  private static Jedis jedis(LocalRedis node) {
    return new Jedis("127.0.0.1", node.port());
  }

  private static void assertReservesAndSettles(Store store, String account) throws StoreException {
    Request request =
        new Request(account, "id", List.of(Charge.of("rate", BUCKET, 5)), 60_000_000L, "");
    Receipt receipt = store.reserve(request);
    assertThat(receipt.outcome()).isEqualTo(Outcome.FULL);
    Hold hold = receipt.admitted().orElseThrow();
    assertThat(store.settle(hold, List.of(7L), "row").outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(store.rows(account)).containsExactly("row");
  }
}
