package dev.tollgate.store.redis;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import javax.net.ssl.SSLParameters;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Makes connections. Immutable. */
final class Dialer {

  private final RedisAddress address;
  private final Target target;

  /** Which server to connect to: found out anew for each connection, for it may change. */
  @FunctionalInterface
  interface Target {
    /**
     * @param nanos how long it may take
     * @throws JedisException when it cannot be found out
     */
    HostAndPort find(long nanos);
  }

  /**
   * @param address the login and the database
   */
  Dialer(RedisAddress address, Target target) {
    this.address = address;
    this.target = target;
  }

  /**
   * A new connection, logged in. It bounds each wait for the network by {@code nanos}.
   *
   * @throws JedisException when there is none to be had
   */
  Connection dial(long nanos) {
    long start = System.nanoTime();
    HostAndPort server = target.find(nanos);
    return new Connection(server, login(address, nanos - (System.nanoTime() - start)));
  }

  /**
   * The first answer that one of {@code nodes} gives. Those that are left share the time that is
   * left, so that one that is silent does not use up all of it.
   *
   * @param login how to connect, in so many nanoseconds
   * @throws JedisException when none of them answers
   */
  static <T> T first(
      List<HostAndPort> nodes,
      long nanos,
      LongFunction<JedisClientConfig> login,
      Function<Connection, T> question) {
    long end = System.nanoTime() + nanos;
    JedisConnectionException failure =
        new JedisConnectionException("none of " + nodes + " answers");
    for (int i = 0; i < nodes.size(); i++) {
      long share = (end - System.nanoTime()) / (nodes.size() - i);
      try (Connection connection = new Connection(nodes.get(i), login.apply(share))) {
        return question.apply(connection);
      } catch (JedisConnectionException | JedisDataException e) {
        failure.addSuppressed(e);
      }
    }
    throw failure;
  }

  static JedisClientConfig login(RedisAddress address, long nanos) {
    DefaultJedisClientConfig.Builder config = timeouts(nanos).database(address.database());
    if (!address.password().isEmpty()) {
      config.password(address.password());
    }
    if (!address.user().isEmpty()) {
      config.user(address.user());
    }
    if (address.tls()) {
      SSLParameters verified = new SSLParameters();
      verified.setEndpointIdentificationAlgorithm("HTTPS");
      config.ssl(true).sslParameters(verified);
    }
    return config.build();
  }

  static JedisClientConfig anonymous(long nanos) {
    return timeouts(nanos).build();
  }

  private static DefaultJedisClientConfig.Builder timeouts(long nanos) {
    int millis = millis(nanos);
    return DefaultJedisClientConfig.builder()
        .resp2()
        .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
        .connectionTimeoutMillis(millis)
        .socketTimeoutMillis(millis);
  }

  /** A timeout for a socket: at least a millisecond, for 0 would be for ever. */
  static int millis(long nanos) {
    return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }
}
