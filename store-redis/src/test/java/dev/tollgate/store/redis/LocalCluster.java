package dev.tollgate.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.MigrateParams;

/** A cluster of three masters with a replica each, on the loopback interface. Not thread-safe. */
final class LocalCluster implements AutoCloseable {

  static final int SLOTS = 16_384;
  static final int MASTERS = 3;

  /** The masters, and then their replicas in the same order. */
  private final List<LocalRedis> nodes = new ArrayList<>();

  LocalCluster(String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("cluster-enabled yes");
    all.add("cluster-config-file nodes.conf");
    all.add("cluster-node-timeout 5000");
    all.add("repl-diskless-sync yes");
    all.add("repl-diskless-sync-delay 0");
    for (int i = 0; i < 2 * MASTERS; i++) {
      nodes.add(LocalRedis.at(LocalRedis.freePort(), all.toArray(new String[0])));
    }
    nodes.forEach(this::introduce);
    nodes.forEach(LocalRedis::restart);
    nodes.forEach(LocalCluster::awaitReady);
  }

  /** Nodes that know each other from their files have no need to meet, which would take seconds. */
  private void introduce(LocalRedis self) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      boolean isMaster = i < MASTERS;
      lines.add(
          String.format(
              "%s 127.0.0.1:%d@%d %s%s %s 0 0 %d connected%s",
              id(i),
              nodes.get(i).port(),
              nodes.get(i).port() + 10_000,
              nodes.get(i) == self ? "myself," : "",
              isMaster ? "master" : "slave",
              isMaster ? "-" : id(i - MASTERS),
              i % MASTERS + 1,
              isMaster ? " " + firstSlot(i) + "-" + (firstSlot(i + 1) - 1) : ""));
    }
    lines.add("vars currentEpoch 3 lastVoteEpoch 0");
    try {
      Files.write(self.directory().resolve("nodes.conf"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String id(int node) {
    return String.format("%040x", node + 1);
  }

  static int firstSlot(int master) {
    return master * SLOTS / MASTERS;
  }

  /** The master that a slot belonged to at first. */
  static int masterOf(int slot) {
    int master = 0;
    while (slot >= firstSlot(master + 1)) {
      master++;
    }
    return master;
  }

  private static void awaitReady(LocalRedis node) {
    await(
        () -> {
          try (Jedis client = node.client()) {
            String info = client.clusterInfo();
            return info.contains("cluster_state:ok")
                && info.contains("cluster_size:" + MASTERS)
                && !client.info("replication").contains("master_link_status:down");
          }
        });
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .ignoreExceptionsInstanceOf(JedisException.class)
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }

  LocalRedis master(int number) {
    return nodes.get(number);
  }

  LocalRedis replica(int number) {
    return nodes.get(MASTERS + number);
  }

  URI uri() {
    return URI.create(
        "redis-cluster://"
            + nodes.stream()
                .map(node -> "127.0.0.1:" + node.port())
                .collect(Collectors.joining(",")));
  }

  /** Sets how long a node may be silent before the others take it for dead. */
  void setNodeTimeout(Duration timeout) {
    for (LocalRedis node : nodes) {
      try (Jedis client = node.client()) {
        client.configSet("cluster-node-timeout", Long.toString(timeout.toMillis()));
      }
    }
  }

  /** Waits until a replica has taken the place of its master. */
  void awaitPromotion(int number) {
    await(() -> isPromoted(number));
  }

  /** Whether a replica has taken the place of its master. */
  boolean isPromoted(int number) {
    try (Jedis client = replica(number).client()) {
      return client.info("replication").contains("role:master");
    }
  }

  /** Starts a master that was killed again, as the replica of its successor. */
  void bringBack(int number) {
    master(number).restart();
    await(
        () -> {
          try (Jedis client = master(number).client()) {
            return client.info("replication").contains("master_link_status:up");
          }
        });
  }

  /** Makes a master that was brought back the master again. */
  void makeMaster(int number) {
    try (Jedis client = master(number).client()) {
      if (client.info("replication").contains("role:master")) {
        return;
      }
      client.clusterFailover();
    }
    await(
        () -> {
          try (Jedis client = master(number).client();
              Jedis successor = replica(number).client()) {
            return client.info("replication").contains("role:master")
                && successor.info("replication").contains("master_link_status:up");
          }
        });
  }

  /**
   * Moves slots from one master to another while they are used, as the operators' tool does.
   *
   * @param batch how many keys are moved at a time: a small one tears accounts apart
   * @return how many keys were moved
   */
  int reshard(int firstSlot, int endSlot, int from, int to, int batch) {
    int moved = 0;
    try (Jedis source = master(from).client();
        Jedis target = master(to).client();
        Jedis other = master(MASTERS - from - to).client()) {
      for (int slot = firstSlot; slot < endSlot; slot++) {
        target.clusterSetSlotImporting(slot, id(from));
        source.clusterSetSlotMigrating(slot, id(to));
        moved += moveKeys(slot, source, master(to).port(), batch);
        target.clusterSetSlotNode(slot, id(to));
        source.clusterSetSlotNode(slot, id(to));
        other.clusterSetSlotNode(slot, id(to));
      }
    }
    return moved;
  }

  private static int moveKeys(int slot, Jedis source, int target, int batch) {
    int moved = 0;
    List<String> keys = source.clusterGetKeysInSlot(slot, batch);
    while (!keys.isEmpty()) {
      source.migrate("127.0.0.1", target, 5000, new MigrateParams(), keys.toArray(new String[0]));
      moved += keys.size();
      keys = source.clusterGetKeysInSlot(slot, batch);
    }
    return moved;
  }

  /** How many keys a master has. */
  long size(int number) {
    try (Jedis client = master(number).client()) {
      return client.dbSize();
    }
  }

  /** How many clients a master has, besides this one, other nodes and replicas. */
  long connections(int number) {
    try (Jedis client = master(number).client()) {
      return client.clientList(ClientType.NORMAL).lines().count() - 1;
    }
  }

  /** How often masters have answered with an error. */
  long errors(String code) {
    long errors = 0;
    for (int i = 0; i < MASTERS; i++) {
      try (Jedis client = master(i).client()) {
        Matcher count =
            Pattern.compile("errorstat_" + code + ":count=([0-9]+)")
                .matcher(client.info("errorstats"));
        errors += count.find() ? Long.parseLong(count.group(1)) : 0;
      }
    }
    return errors;
  }

  @Override
  public void close() {
    nodes.forEach(LocalRedis::close);
  }
}
