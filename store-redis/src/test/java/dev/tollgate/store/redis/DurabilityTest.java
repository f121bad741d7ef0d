package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.store.Durability;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Real servers, as they are configured. */
class DurabilityTest {

  private static Durability of(String... settings) throws StoreException {
    try (LocalRedis redis = LocalRedis.start(settings);
        Store store = Stores.open(redis.uri(), Stores.DEADLINE)) {
      return store.durability();
    }
  }

  @Test
  void aServerWithoutAnAppendOnlyFileForgetsAtItsRestart() throws StoreException {
    assertThat(of()).isEqualTo(Durability.LOST_AT_RESTART);
    assertThat(of("appendonly yes")).isEqualTo(Durability.KEPT);
  }

  @Test
  void aServerThatMayEvictIsToldFromOneThatIsOnlyBounded() throws StoreException {
    assertThat(of("maxmemory 50mb", "maxmemory-policy volatile-ttl")).isEqualTo(Durability.EVICTED);
    assertThat(of("maxmemory 50mb", "maxmemory-policy noeviction"))
        .isEqualTo(Durability.LOST_AT_RESTART);
  }

  @Test
  void theWeakestMasterOfAClusterCounts() throws StoreException {
    try (LocalCluster cluster = new LocalCluster("appendonly yes");
        Store store = Stores.open(cluster.uri(), Stores.DEADLINE)) {
      assertThat(store.durability()).isEqualTo(Durability.KEPT);
      try (Jedis last = cluster.master(LocalCluster.MASTERS - 1).client()) {
        last.configSet("maxmemory", "100mb");
        last.configSet("maxmemory-policy", "volatile-lru");
      }
      assertThat(store.durability()).isEqualTo(Durability.EVICTED);
    }
  }

  @Test
  void whatAServerSaysOfItsFileIsRead() {
    ServerInfo appending = new ServerInfo("aof_enabled:1\r\n", "maxmemory:0\r\n");
    assertThat(appending.durability()).isEqualTo(Durability.KEPT);
    ServerInfo unbounded =
        new ServerInfo("aof_enabled:1\r\n", "maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n");
    assertThat(unbounded.durability()).isEqualTo(Durability.KEPT);
  }

  @Test
  void aServerThatIsAwaySaysNothing() {
    URI nowhere = URI.create("redis://127.0.0.1:" + LocalRedis.freePort());
    try (Store store = Stores.open(nowhere, Duration.ofMillis(50))) {
      assertThatThrownBy(store::durability).isInstanceOf(StoreException.class);
    }
  }
}
