package dev.tollgate.store.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Accounts are spread over the masters of a cluster by the slots of their keys. Each master has its
 * own line, so that one that is down does not hold up the others. What redirections tell of single
 * slots is known at once; the map of all slots is asked for again soon after. Thread-safe.
 */
final class Cluster implements Topology {

  private static final int SLOTS = Protocol.CLUSTER_HASHSLOTS;

  /** While nodes change, every call that fails would ask again. */
  private static final long MIN_LOAD_INTERVAL_NANOS = 100_000_000L;

  private final RedisAddress address;
  private final Lineage lineage;
  private final ReentrantLock loading = new ReentrantLock();
  private final Map<HostAndPort, Line> lines = new ConcurrentHashMap<>();

  /** A slot's master, or null where none is known. */
  private volatile AtomicReferenceArray<@Nullable HostAndPort> masters =
      new AtomicReferenceArray<>(SLOTS);

  private volatile boolean isLoaded;
  private volatile boolean suspected = true;
  private volatile boolean closed;
  private volatile long loadedAtNanos;

  /** The node that answered last, so that those that are dead cost time once. */
  private volatile @Nullable HostAndPort answering;

  Cluster(RedisAddress address, Lineage lineage) {
    this.address = address;
    this.lineage = lineage;
  }

  @Override
  public Line lineTo(Names names, long deadlineNanos) {
    if (suspected) {
      load(deadlineNanos);
    }
    HostAndPort master = masters.get(names.slot());
    if (master == null) {
      suspected = true;
      throw new JedisConnectionException("no node of the cluster serves slot " + names.slot());
    }
    return lineTo(master);
  }

  @Override
  public String shard(Names names) {
    HostAndPort master = masters.get(names.slot());
    return master == null ? "" : master.toString();
  }

  @Override
  public Line follow(Reply.Redirected redirection) {
    if (redirection.slot() >= SLOTS) {
      throw new JedisConnectionException("there is no slot " + redirection.slot());
    }
    if (!redirection.isOnce()) {
      masters.set(redirection.slot(), redirection.node());
      suspected = true;
    }
    return lineTo(redirection.node());
  }

  private Line lineTo(HostAndPort master) {
    Line line =
        lines.computeIfAbsent(
            master, node -> new Line(new Dialer(address.login(), deadline -> node, lineage)));
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
  private void load(long deadlineNanos) {
    long now = System.nanoTime();
    if (isLoaded && now - loadedAtNanos < MIN_LOAD_INTERVAL_NANOS) {
      return;
    }
    try {
      if (!loading.tryLock(isLoaded ? 0 : deadlineNanos - now, TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JedisConnectionException("interrupted", e);
    }
    try {
      if (suspected) {
        loadedAtNanos = System.nanoTime();
        suspected = false;
        masters = Dialer.first(nodes(), address.login(), deadlineNanos, this::masters);
        isLoaded = true;
        forgetMastersOfOld();
        // a master that fails will have a successor, and whoever is asked may not know it yet
        suspected |= lines.values().stream().anyMatch(Line::isFailing);
      }
    } catch (JedisException e) {
      suspected = true;
      if (!isLoaded) {
        throw e;
      }
    } finally {
      loading.unlock();
    }
  }

  private List<HostAndPort> nodes() {
    Set<HostAndPort> nodes = new LinkedHashSet<>();
    HostAndPort first = answering;
    if (first != null) {
      nodes.add(first);
    }
    nodes.addAll(lines.keySet());
    nodes.addAll(address.nodes());
    return new ArrayList<>(nodes);
  }

  @Override
  public List<HostAndPort> masters(long deadlineNanos) {
    if (suspected) {
      load(deadlineNanos);
    }
    return List.copyOf(known());
  }

  private Set<HostAndPort> known() {
    Set<HostAndPort> known = new HashSet<>();
    for (int slot = 0; slot < SLOTS; slot++) {
      HostAndPort master = masters.get(slot);
      if (master != null) {
        known.add(master);
      }
    }
    return known;
  }

  private void forgetMastersOfOld() {
    Set<HostAndPort> known = known();
    lines.forEach(
        (node, line) -> {
          if (!known.contains(node) && lines.remove(node, line)) {
            line.close();
          }
        });
  }

  private AtomicReferenceArray<@Nullable HostAndPort> masters(Link node) {
    node.sendCommand(Protocol.Command.CLUSTER, "SLOTS");
    AtomicReferenceArray<@Nullable HostAndPort> masters = new AtomicReferenceArray<>(SLOTS);
    if (!(node.getOne() instanceof List<?> ranges)) {
      throw notUnderstood(node);
    }
    for (Object range : ranges) {
      put(range, node, masters);
    }
    answering = node.server();
    return masters;
  }

  /** A range is its first and last slot, and a list of nodes, the master first. */
  private static void put(
      Object range, Link node, AtomicReferenceArray<@Nullable HostAndPort> masters) {
    if (!(range instanceof List<?> items
        && items.size() > 2
        && items.get(0) instanceof Long first
        && items.get(1) instanceof Long last
        && items.get(2) instanceof List<?> master
        && master.size() > 1
        && master.get(1) instanceof Long port
        && first >= 0
        && last < SLOTS)) {
      throw notUnderstood(node);
    }
    String host =
        master.get(0) instanceof byte[] name ? new String(name, StandardCharsets.UTF_8) : "";
    HostAndPort server = Refusal.node(host, port.intValue(), node.server());
    for (int slot = first.intValue(); slot <= last; slot++) {
      masters.set(slot, server);
    }
  }

  private static JedisException notUnderstood(Link node) {
    return new JedisConnectionException(
        "what " + node.server() + " says of its cluster is not understood");
  }
}
