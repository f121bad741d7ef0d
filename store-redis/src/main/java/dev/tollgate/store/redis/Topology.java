package dev.tollgate.store.redis;

import java.util.List;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;

/** Which line leads to an account's server. Thread-safe. */
interface Topology extends AutoCloseable {

  /**
   * The line to the server that has these keys now.
   *
   * @param deadlineNanos when it must be found out, by {@link System#nanoTime}
   * @throws JedisException when it cannot be found out
   */
  Line lineTo(Names names, long deadlineNanos);

  /**
   * The line to the server that another one has named.
   *
   * @throws JedisException when servers of this kind name no other
   */
  Line follow(Reply.Redirected redirection);

  /** Names the server that has these keys, where there are several. Returns at once. */
  default String shard(Names names) {
    return "";
  }

  /**
   * All servers that are written to.
   *
   * @param deadlineNanos when they must be found out, by {@link System#nanoTime}
   * @throws JedisException when they cannot be found out
   */
  List<HostAndPort> masters(long deadlineNanos);

  /** Told when a server could not be reached, or no longer has what it was asked for. */
  void suspect();

  /**
   * Whether a server that has answered is certain not to be replaced unheard. A node of a cluster
   * that is cut off stops by itself, before another one takes its place.
   *
   * @param deadlineNanos when that must be found out, by {@link System#nanoTime}
   */
  default boolean isConfirmed(HostAndPort server, long deadlineNanos) {
    return true;
  }

  /** Closes all connections. Idempotent. */
  @Override
  void close();

  /**
   * @param lineage is told of each connection to a server
   */
  static Topology of(RedisAddress address, Lineage lineage) {
    return switch (address.kind()) {
      case SINGLE -> new OneServer(address, deadline -> address.nodes().get(0), lineage);
      case SENTINEL -> new OneServer(address, new Sentinels(address), lineage);
      case CLUSTER -> new Cluster(address, lineage);
    };
  }
}
