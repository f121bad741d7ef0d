package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A real master with four replicas, watched by three real Sentinels. All of them want passwords:
 * one for the servers, another for the Sentinels.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SentinelTest {

  private static final String SEED = "tollgate.seed";
  private static final Duration DOWN_AFTER = LocalSentinels.DOWN_AFTER;
  private static final Duration DEADLINE = Duration.ofMillis(250);
  private static final int THREADS = 4;

  /** One that comes back takes Sentinels many seconds to demote, so each test uses up one. */
  private static final int REPLICAS = 4;

  private static final String DATA_PASSWORD = "data-password";
  private static final String SENTINEL_PASSWORD = "sentinel-password";
  private static final String USER_PASSWORD = "user-password";

  private static final List<LocalRedis> SERVERS = new ArrayList<>();
  private static final List<LocalRedis> SENTINELS = new ArrayList<>();
  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());

  @BeforeAll
  static void start() {
    SERVERS.add(server());
    for (int i = 0; i < REPLICAS; i++) {
      SERVERS.add(server("replicaof 127.0.0.1 " + SERVERS.get(0).port()));
    }
    SENTINELS.addAll(
        LocalSentinels.start(
            SERVERS.get(0).port(),
            SERVERS.stream().skip(1).map(LocalRedis::port).toList(),
            "requirepass " + SENTINEL_PASSWORD,
            "user tollgate on >" + USER_PASSWORD + " " + Sentinels.RIGHTS,
            "sentinel auth-pass main " + DATA_PASSWORD));
    SENTINELS.forEach(
        sentinel -> awaitInfo(sentinel, SENTINEL_PASSWORD, "slaves=" + REPLICAS + ",sentinels=3"));
  }

  private static LocalRedis server(String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("requirepass " + DATA_PASSWORD);
    all.add("masterauth " + DATA_PASSWORD);
    all.add("repl-diskless-sync yes");
    all.add("repl-diskless-sync-delay 0");
    return LocalRedis.start(all.toArray(new String[0]));
  }

  @AfterAll
  static void stop() {
    SENTINELS.forEach(LocalRedis::close);
    SERVERS.forEach(LocalRedis::close);
  }

  /** Two addresses where nobody is come first. */
  private static URI uri(String login, String sentinelLogin) {
    String hosts =
        SENTINELS.stream()
            .map(sentinel -> "127.0.0.1:" + sentinel.port())
            .collect(Collectors.joining(","));
    return URI.create(
        "redis-sentinel://:"
            + login
            + "@127.0.0.1:1,127.0.0.1:2,"
            + hosts
            + "/main?sentinel="
            + sentinelLogin);
  }

  private static void awaitInfo(LocalRedis server, String password, String part) {
    Awaitility.await()
        .ignoreExceptionsInstanceOf(JedisException.class)
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              try (Jedis client = server.client()) {
                client.auth(password);
                return client.info().contains(part);
              }
            });
  }

  private static int keys(LocalRedis server, String pattern) {
    try (Jedis client = server.client()) {
      client.auth(DATA_PASSWORD);
      return client.keys(pattern).size();
    }
  }

  private static List<String> names(String prefix) {
    return IntStream.range(0, 200).mapToObj(i -> prefix + "-" + i).toList();
  }

  @Test
  @Order(1)
  void sentinelsThatWantAnotherPasswordSaySo() {
    try (Store store = Stores.open(uri(DATA_PASSWORD, ":wrong"), DEADLINE)) {
      assertThatThrownBy(() -> store.document("any"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("nothing was done")
          .hasMessageContaining("the user and password in tollgate.store");
    }
  }

  @Test
  @Order(3)
  void theStoreFollowsTheMasterToItsSuccessorUnaided() throws Exception {
    LocalRedis gone = failOver("once", LocalRedis::kill, killed -> {});
    gone.restart();
  }

  /** It goes on as a master until the Sentinels tell it: connections to it must be left. */
  @Test
  @Order(2)
  void aMasterThatWasStoppedAndGoesOnIsNotWrittenToAnyMore() throws Exception {
    LocalRedis old =
        failOver(
            "stopped",
            LocalRedis::suspend,
            master -> {
              awaitCommonKnowledge(master);
              master.resume();
            });
    assertThat(keys(old, "*after-stopped*")).isZero();
  }

  @Test
  @Order(5)
  @Tag("long")
  void theStoreFollowsOneMasterAfterTheOther() throws Exception {
    for (int i = 0; i < 4; i++) {
      LocalRedis master = settledMaster();
      for (LocalRedis server : SERVERS) {
        if (server != master) {
          awaitInfo(server, DATA_PASSWORD, "master_link_status:up");
        }
      }
      LocalRedis old =
          failOver(
              "again-" + i,
              LocalRedis::kill,
              killed -> {
                awaitCommonKnowledge(killed);
                killed.restart();
              });
      assertThat(keys(old, "*after-again-" + i + "*")).isZero();
    }
  }

  private static LocalRedis master() {
    int port = Integer.parseInt(askedOfMaster(SENTINELS.get(0)).get("port"));
    return SERVERS.stream().filter(server -> server.port() == port).findFirst().orElseThrow();
  }

  /** What a Sentinel says of the master. */
  private static Map<String, String> askedOfMaster(LocalRedis sentinel) {
    try (Jedis client = sentinel.client()) {
      client.auth(SENTINEL_PASSWORD);
      return client.sentinelMaster("main");
    }
  }

  /** The master, when all Sentinels agree on it, none changes it, and it has a replica. */
  private static LocalRedis settledMaster() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                SENTINELS.stream()
                    .map(SentinelTest::askedOfMaster)
                    .map(master -> master.get("port") + master.get("flags"))
                    .distinct()
                    .toList()
                    .equals(List.of(master().port() + "master")));
    awaitInfo(master(), DATA_PASSWORD, "state=online");
    return master();
  }

  /** Whom each Sentinel names to clients: the one that changes the master does so first. */
  private static Stream<String> named() {
    return SENTINELS.stream()
        .map(
            sentinel -> {
              try (Jedis client = sentinel.client()) {
                client.auth(SENTINEL_PASSWORD);
                return client.sentinelGetMasterAddrByName("main").get(1);
              }
            });
  }

  private static void awaitSuccessor(LocalRedis master) {
    String port = Integer.toString(master.port());
    awaitQuickly(() -> named().anyMatch(named -> !named.equals(port)));
  }

  /** Who asks a Sentinel hears what that one knows, and they tell each other every few seconds. */
  private static void awaitCommonKnowledge(LocalRedis master) {
    String port = Integer.toString(master.port());
    awaitQuickly(() -> named().noneMatch(port::equals));
  }

  private static void awaitQuickly(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(condition);
  }

  /** Returns the old master. */
  private LocalRedis failOver(String round, Consumer<LocalRedis> end, Consumer<LocalRedis> comeBack)
      throws Exception {
    LocalRedis master = settledMaster();
    URI uri = uri(DATA_PASSWORD, "tollgate:" + USER_PASSWORD);
    try (Store store = Stores.open(uri, DEADLINE);
        Store idle = Stores.open(uri, DEADLINE)) {
      long killedAt;
      long promotedAt;
      Load load = new Load(store, names("failover-" + round), THREADS, seed);
      try (load) {
        load.awaitMore(1000);
        killedAt = System.nanoTime();
        end.accept(master);
        awaitSuccessor(master);
        promotedAt = System.nanoTime();
        load.awaitMore(5000);
      }
      long last = load.failures().stream().mapToLong(Load.Failure::atNanos).max().orElseThrow();
      comeBack.accept(master);
      assertThat(idle.replace("after-" + round, 0, "text")).isTrue();
      Load after = new Load(store, names("after-" + round), THREADS, seed);
      try (after) {
        after.awaitMore(2000);
      }
      System.out.printf(
          "-D%s=%d, %s: a master away, down-after %d ms: its successor was named after %d ms; %d of"
              + " %d operations failed, the last after %d ms; %s; afterwards %d of %d failed, %s%n",
          SEED,
          seed,
          round,
          DOWN_AFTER.toMillis(),
          (promotedAt - killedAt) / 1_000_000,
          load.failures().size(),
          load.operations(),
          (last - killedAt) / 1_000_000,
          load.outcomes(),
          after.failures().size(),
          after.operations(),
          after.outcomes());
      // servers that are short of processor time elect later: the store follows at once
      Duration elected = Duration.ofNanos(promotedAt - killedAt).plusSeconds(1);
      Duration promised = DOWN_AFTER.plusSeconds(2);
      assertThat(Duration.ofNanos(last - killedAt))
          .isLessThan(promised.compareTo(elected) > 0 ? promised : elected);
      assertThat(load.outcomes().doubled()).isZero();
      assertThat(after.failures()).isEmpty();
      assertThat(after.outcomes().wrong()).isZero();
      return master;
    }
  }

  @Test
  @Order(4)
  void aMasterThatIsDemotedUnderLoadIsNotWrittenToAnyMore() throws Exception {
    settledMaster();
    try (Store store = Stores.open(uri(DATA_PASSWORD, "tollgate:" + USER_PASSWORD), DEADLINE)) {
      Load load = new Load(store, names("demoted"), THREADS, seed);
      try (load) {
        load.awaitMore(1000);
        try (Jedis sentinel = SENTINELS.get(0).client()) {
          sentinel.auth(SENTINEL_PASSWORD);
          sentinel.sentinelFailover("main");
        }
        load.awaitMore(3000);
      }
      System.out.printf(
          "-D%s=%d: a failover on demand: %d of %d operations failed, %s%n",
          SEED, seed, load.failures().size(), load.operations(), load.outcomes());
      assertThat(load.outcomes().doubled()).isZero();
    }
  }
}
