package dev.tollgate.store.redis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.SafeEncoder;

/**
 * Accounts are spread over the masters of a cluster by the slots of their keys. Each master has its
 * own line, so that one that is down does not hold up the others. Thread-safe.
 */
final class Cluster implements Topology {

  private final RedisAddress address;
  private final ReentrantLock loading = new ReentrantLock();
  private final Map<HostAndPort, Line> lines = new ConcurrentHashMap<>();

  /** First slot of a range to the range's master; empty until it is loaded. */
  private volatile NavigableMap<Integer, Range> ranges = new TreeMap<>();

  private volatile boolean suspected = true;
  private volatile boolean closed;

  /** Guarded by {@link #loading}. */
  private int loads;

  private record Range(int lastSlot, HostAndPort master) {}

  Cluster(RedisAddress address) {
    this.address = address;
  }

  @Override
  public Line lineTo(Names names, long nanos) {
    if (suspected) {
      load(nanos);
    }
    int slot = names.slot();
    Map.Entry<Integer, Range> found = ranges.floorEntry(slot);
    if (found == null || found.getValue().lastSlot() < slot) {
      suspected = true;
      throw new JedisConnectionException("no node of the cluster serves slot " + slot);
    }
    return lineTo(found.getValue().master());
  }

  private Line lineTo(HostAndPort master) {
    Line line = lines.computeIfAbsent(master, node -> new Line(new Dialer(address, nanos -> node)));
    if (closed) {
      line.close();
    }
    return line;
  }

  @Override
  public void suspect() {
    suspected = true;
  }

  @Override
  public void close() {
    closed = true;
    lines.values().forEach(Line::close);
  }

  /** One caller loads. The others go on with what was known, or wait if nothing was. */
  private void load(long nanos) {
    try {
      if (!loading.tryLock(ranges.isEmpty() ? nanos : 0, TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JedisConnectionException("interrupted", e);
    }
    try {
      if (suspected) {
        ranges = Dialer.first(nextNodes(), nanos, this::login, Cluster::ranges);
        suspected = false;
        forgetMastersOfOld();
      }
    } catch (JedisException e) {
      if (ranges.isEmpty()) {
        throw e;
      }
    } finally {
      loading.unlock();
    }
  }

  private JedisClientConfig login(long nanos) {
    return Dialer.login(address, nanos);
  }

  /** The nodes to ask, beginning with another one each time, for the first may be down. */
  private List<HostAndPort> nextNodes() {
    Set<HostAndPort> known = new LinkedHashSet<>(address.nodes());
    known.addAll(lines.keySet());
    List<HostAndPort> nodes = new ArrayList<>(known);
    Collections.rotate(nodes, -loads++);
    return nodes;
  }

  private void forgetMastersOfOld() {
    List<HostAndPort> masters = ranges.values().stream().map(Range::master).toList();
    lines.forEach(
        (node, line) -> {
          if (!masters.contains(node) && lines.remove(node, line)) {
            line.close();
          }
        });
  }

  private static NavigableMap<Integer, Range> ranges(Connection node) {
    node.sendCommand(Protocol.Command.CLUSTER, "SLOTS");
    NavigableMap<Integer, Range> ranges = new TreeMap<>();
    for (Object item : (List<?>) node.getOne()) {
      List<?> range = (List<?>) item;
      List<?> master = (List<?>) range.get(2);
      String host = SafeEncoder.encode((byte[]) master.get(0));
      // a node that does not know its own address means the one it was asked at
      String known = host.isEmpty() ? node.getHostAndPort().getHost() : host;
      int port = ((Long) master.get(1)).intValue();
      int lastSlot = ((Long) range.get(1)).intValue();
      ranges.put(
          ((Long) range.get(0)).intValue(), new Range(lastSlot, new HostAndPort(known, port)));
    }
    return ranges;
  }
}
