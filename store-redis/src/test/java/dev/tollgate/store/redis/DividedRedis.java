package dev.tollgate.store.redis;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A master with two replicas and three Sentinels, whose network falls into two parts: the master
 * and one of its clients, and everybody else. The master is reached through a proxy that tells that
 * client by its user's name, and the client reaches the Sentinels through proxies of its own. Not
 * thread-safe.
 */
final class DividedRedis implements AutoCloseable {

  private static final int REPLICAS = 2;
  private static final String LONE_USER = "lone";
  private static final String OTHER_USER = "other";

  private final FaultyProxy wayToMaster;
  private final LocalRedis master;
  private final List<LocalRedis> replicas;
  private final List<LocalRedis> sentinels;
  private final List<FaultyProxy> waysToSentinels;

  DividedRedis() {
    int port = LocalRedis.freePort();
    wayToMaster = FaultyProxy.to(port);
    master = server(port, "replica-announce-port " + wayToMaster.port());
    replicas =
        IntStream.range(0, REPLICAS)
            .mapToObj(
                i -> server(LocalRedis.freePort(), "replicaof 127.0.0.1 " + wayToMaster.port()))
            .toList();
    master.restart();
    replicas.forEach(LocalRedis::restart);
    sentinels =
        LocalSentinels.start(wayToMaster.port(), replicas.stream().map(LocalRedis::port).toList());
    waysToSentinels = sentinels.stream().map(sentinel -> FaultyProxy.to(sentinel.port())).toList();
    sentinels.forEach(sentinel -> awaitInfo(sentinel, "slaves=" + REPLICAS + ",sentinels=3"));
    replicas.forEach(replica -> awaitInfo(replica, "master_link_status:up"));
  }

  private static LocalRedis server(int port, String setting) {
    return LocalRedis.at(
        port,
        setting,
        "replica-announce-ip 127.0.0.1",
        "repl-diskless-sync yes",
        "repl-diskless-sync-delay 0",
        "user " + LONE_USER + " on >password " + Rights.NEEDED,
        "user " + OTHER_USER + " on >password " + Rights.NEEDED);
  }

  private static void awaitInfo(LocalRedis server, String part) {
    await(
        () -> {
          try (Jedis client = server.client()) {
            return client.info().contains(part);
          }
        });
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .ignoreExceptionsInstanceOf(JedisException.class)
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(condition);
  }

  /** For the client that stays with the master. */
  URI uriOfLoneClient() {
    return uri(LONE_USER, waysToSentinels.stream().map(FaultyProxy::port));
  }

  /** For all other clients. */
  URI uriOfOthers() {
    return uri(OTHER_USER, sentinels.stream().map(LocalRedis::port));
  }

  private static URI uri(String user, Stream<Integer> sentinels) {
    String hosts = sentinels.map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    return URI.create(
        "redis-sentinel://" + user + ":password@" + hosts + "/" + LocalSentinels.MASTER);
  }

  /** Nothing passes any more between the two parts. */
  void divide() {
    wayToMaster.dropAllBut(LONE_USER);
    waysToSentinels.forEach(FaultyProxy::drop);
  }

  /** Everything passes again. */
  void heal() {
    wayToMaster.pass();
    waysToSentinels.forEach(FaultyProxy::pass);
  }

  /** Waits until a Sentinel names another master. */
  void awaitSuccessor() {
    String first = Integer.toString(wayToMaster.port());
    await(() -> sentinels.stream().anyMatch(sentinel -> !named(sentinel).equals(first)));
  }

  private static String named(LocalRedis sentinel) {
    try (Jedis client = sentinel.client()) {
      return client.sentinelGetMasterAddrByName(LocalSentinels.MASTER).get(1);
    }
  }

  /** Whether the first master has become a replica. */
  boolean isDemoted() {
    try (Jedis client = master.client()) {
      return client.info("replication").contains("role:slave");
    }
  }

  @Override
  public void close() {
    waysToSentinels.forEach(FaultyProxy::close);
    wayToMaster.close();
    sentinels.forEach(LocalRedis::close);
    replicas.forEach(LocalRedis::close);
    master.close();
  }
}
