package dev.tollgate.store.redis;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A master with two replicas and three Sentinels, whose network falls into two parts: the master
 * with one of its clients, and a replica if it is told so, and everybody else. The master is
 * reached through a proxy that tells that client by its user's name, and the client reaches the
 * Sentinels through proxies of its own. Not thread-safe.
 */
final class DividedRedis implements AutoCloseable {

  private static final String LONE_USER = "lone";
  private static final String OTHER_USER = "other";

  private final FaultyProxy wayToMaster;
  private final LocalRedis master;
  private final List<LocalRedis> replicas = new ArrayList<>();
  private final List<LocalRedis> sentinels;

  /** Nothing passes through these while the network is divided. */
  private final List<FaultyProxy> waysToOtherPart = new ArrayList<>();

  private final List<Integer> sentinelsOfLoneClient;

  /**
   * @param isReplicaWithMaster whether one of the replicas stays with the master
   */
  DividedRedis(boolean isReplicaWithMaster) {
    int port = LocalRedis.freePort();
    wayToMaster = FaultyProxy.to(port);
    master = server(port, wayToMaster.port(), List.of());
    int first = replica(wayToMaster.port(), false);
    int second = isReplicaWithMaster ? replica(port, true) : replica(wayToMaster.port(), false);
    master.restart();
    replicas.forEach(LocalRedis::restart);
    sentinels = LocalSentinels.start(wayToMaster.port(), List.of(first, second));
    sentinelsOfLoneClient =
        sentinels.stream().map(LocalRedis::port).map(this::wayToOtherPart).toList();
    sentinels.forEach(sentinel -> awaitInfo(sentinel, "slaves=2,sentinels=3"));
    replicas.forEach(replica -> awaitInfo(replica, "master_link_status:up"));
  }

  private int wayToOtherPart(int port) {
    FaultyProxy way = FaultyProxy.to(port);
    waysToOtherPart.add(way);
    return way.port();
  }

  /** Returns the port at which Sentinels, and later a master, reach it. */
  private int replica(int masterPort, boolean isWithMaster) {
    int port = LocalRedis.freePort();
    int announced = isWithMaster ? wayToOtherPart(port) : port;
    replicas.add(server(port, announced, List.of("replicaof 127.0.0.1 " + masterPort)));
    return announced;
  }

  private static LocalRedis server(int port, int announced, List<String> settings) {
    List<String> all = new ArrayList<>(settings);
    all.add("replica-announce-ip 127.0.0.1");
    all.add("replica-announce-port " + announced);
    all.add("repl-diskless-sync yes");
    all.add("repl-diskless-sync-delay 0");
    all.add("user " + LONE_USER + " on >password " + Rights.NEEDED);
    all.add("user " + OTHER_USER + " on >password " + Rights.NEEDED);
    return LocalRedis.at(port, all.toArray(new String[0]));
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
    return uri(LONE_USER, sentinelsOfLoneClient);
  }

  /** For all other clients. */
  URI uriOfOthers() {
    return uri(OTHER_USER, sentinels.stream().map(LocalRedis::port).toList());
  }

  private static URI uri(String user, List<Integer> sentinels) {
    String hosts =
        sentinels.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    return URI.create(
        "redis-sentinel://" + user + ":password@" + hosts + "/" + LocalSentinels.MASTER);
  }

  /** Nothing passes any more between the two parts. */
  void divide() {
    wayToMaster.dropAllBut(LONE_USER);
    waysToOtherPart.forEach(FaultyProxy::drop);
  }

  /** Everything passes again. */
  void heal() {
    wayToMaster.pass();
    waysToOtherPart.forEach(FaultyProxy::pass);
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
    waysToOtherPart.forEach(FaultyProxy::close);
    wayToMaster.close();
    sentinels.forEach(LocalRedis::close);
    replicas.forEach(LocalRedis::close);
    master.close();
  }
}
