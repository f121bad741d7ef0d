package dev.tollgate.store.redis;

import java.util.List;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisDataException;

/** All accounts are on one server. Thread-safe. */
final class OneServer implements Topology {

  private final Dialer.Target target;
  private final Line line;

  /**
   * @param target the server, or whoever knows it
   */
  OneServer(RedisAddress address, Dialer.Target target, Lineage lineage) {
    this.target = target;
    line = new Line(new Dialer(address.login(), target, lineage));
  }

  @Override
  public Line lineTo(Names names, long deadlineNanos) {
    return line;
  }

  @Override
  public Line follow(Reply.Redirected redirection) {
    throw new JedisDataException(
        "the server is a node of a cluster: tollgate.store = redis-cluster://host:port");
  }

  @Override
  public List<HostAndPort> masters(long deadlineNanos) {
    return List.of(target.find(deadlineNanos));
  }

  /** The line asks its target again for each new connection: there is nothing to forget here. */
  @Override
  public void suspect() {}

  @Override
  public boolean isConfirmed(HostAndPort server, long deadlineNanos) {
    return target.isConfirmed(server, deadlineNanos);
  }

  @Override
  public void close() {
    line.close();
  }
}
