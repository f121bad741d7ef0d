package dev.tollgate.store.redis;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import redis.clients.jedis.HostAndPort;

/**
 * Counts how often another server answers, or the same one with another history of its data: what
 * was acknowledged before may not be part of it. Thread-safe.
 */
final class Lineage {

  /** More than a cluster has; beyond that, all count as new once. */
  private static final int MAX_SERVERS = 1000;

  private record Server(String history, Replicas replicas) {}

  private final LongSupplier nanoTime;
  private final Map<HostAndPort, Server> servers = new ConcurrentHashMap<>();
  private final AtomicLong number = new AtomicLong();

  /**
   * @param nanoTime measures how long replicas are silent
   */
  Lineage(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * A connection was made, and no operation sent over it yet.
   *
   * @param history the server's name for the history of its data; empty if it does not tell
   * @return its replicas, as they are known in all connections to it
   */
  Replicas met(HostAndPort address, String history) {
    if (servers.size() >= MAX_SERVERS) {
      servers.clear();
    }
    Server server =
        servers.compute(
            address,
            (same, known) ->
                known != null && known.history().equals(history) ? known : next(history));
    return server.replicas();
  }

  private Server next(String history) {
    number.incrementAndGet();
    return new Server(history, new Replicas(nanoTime));
  }

  long number() {
    return number.get();
  }
}
