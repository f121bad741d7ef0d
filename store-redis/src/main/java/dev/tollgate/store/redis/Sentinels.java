package dev.tollgate.store.redis;

import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.SafeEncoder;

/**
 * Asks Sentinels for the master, for every new connection: the way that Sentinel's guidelines for
 * clients prescribe, without a subscription and its thread. Immutable.
 */
final class Sentinels implements Dialer.Target {

  private final RedisAddress address;

  Sentinels(RedisAddress address) {
    this.address = address;
  }

  @Override
  public HostAndPort find(long nanos) {
    return Dialer.first(address.nodes(), nanos, Dialer::anonymous, this::master);
  }

  private HostAndPort master(Connection sentinel) {
    sentinel.sendCommand(Protocol.Command.SENTINEL, "GET-MASTER-ADDR-BY-NAME", address.master());
    if (sentinel.getOne() instanceof List<?> found && found.size() == 2) {
      return new HostAndPort(
          SafeEncoder.encode((byte[]) found.get(0)),
          Integer.parseInt(SafeEncoder.encode((byte[]) found.get(1))));
    }
    throw new JedisConnectionException("the Sentinel knows no master '" + address.master() + "'");
  }
}
