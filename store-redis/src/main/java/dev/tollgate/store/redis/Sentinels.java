package dev.tollgate.store.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Asks Sentinels for the master, for every new connection: the way that Sentinel's guidelines for
 * clients prescribe, without a subscription and its thread. Thread-safe.
 */
final class Sentinels implements Dialer.Target {

  private final RedisAddress address;

  /** The one that answered last comes first: those that are dead cost time once. */
  private volatile List<HostAndPort> sentinels;

  Sentinels(RedisAddress address) {
    this.address = address;
    sentinels = address.nodes();
  }

  @Override
  public HostAndPort find(long deadlineNanos) {
    return Dialer.first(sentinels, address.sentinelLogin(), deadlineNanos, this::master);
  }

  private HostAndPort master(Link sentinel) {
    sentinel.sendCommand(Protocol.Command.SENTINEL, "GET-MASTER-ADDR-BY-NAME", address.master());
    if (sentinel.getOne() instanceof List<?> found
        && found.size() == 2
        && found.get(0) instanceof byte[] host
        && found.get(1) instanceof byte[] port
        && text(port).matches("[0-9]{1,5}")) {
      prefer(sentinel.server());
      return new HostAndPort(text(host), Integer.parseInt(text(port)));
    }
    throw new JedisConnectionException(
        "the Sentinel at " + sentinel.server() + " knows no master '" + address.master() + "'");
  }

  private void prefer(HostAndPort sentinel) {
    if (!sentinels.get(0).equals(sentinel)) {
      List<HostAndPort> others = new ArrayList<>(address.nodes());
      others.remove(sentinel);
      others.add(0, sentinel);
      sentinels = List.copyOf(others);
    }
  }

  private static String text(byte[] text) {
    return new String(text, StandardCharsets.UTF_8);
  }
}
