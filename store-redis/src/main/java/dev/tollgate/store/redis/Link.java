package dev.tollgate.store.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.PushConsumerChain;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.RedisInputStream;

/**
 * A connection to a server, logged in. Each exchange ends by a deadline and takes a bounded amount
 * of memory, whatever the peer is and does. Not thread-safe.
 */
final class Link extends Connection {

  /** Changes when a replica takes the master's place, and when a server starts again. */
  private static final Pattern HISTORY = Pattern.compile("(?m)^master_replid:(\\w+)");

  private static final Pattern HAS_REPLICAS = Pattern.compile("(?m)^connected_slaves:[1-9]");

  private final HostAndPort server;
  private final Plug plug;
  private Replicas replicas = new Replicas(System::nanoTime);

  private Link(HostAndPort server, Plug plug) {
    super(plug);
    this.server = server;
    this.plug = plug;
  }

  /**
   * Connects and logs in.
   *
   * @param deadlineNanos when it must be done, by {@link System#nanoTime}
   * @throws redis.clients.jedis.exceptions.JedisDataException when the server refuses
   * @throws JedisException when the server cannot be reached by then
   */
  static Link to(HostAndPort server, Login login, long deadlineNanos) {
    Link link = new Link(server, new Plug(server, login.tls(), deadlineNanos));
    boolean isReady = false;
    try {
      link.connect();
      link.present(login);
      isReady = true;
      return link;
    } finally {
      if (!isReady) {
        link.forceDisconnect();
      }
    }
  }

  /** All of it in one round trip. A server that does not want us says so before it is asked. */
  private void present(Login login) {
    List<String> expected = new ArrayList<>();
    if (!login.password().isEmpty()) {
      sendCommand(Command.AUTH, login.words());
      expected.add("OK");
    }
    if (login.database() != 0) {
      sendCommand(Command.SELECT, Integer.toString(login.database()));
      expected.add("OK");
    }
    sendCommand(Command.PING);
    expected.add("PONG");
    for (String answer : expected) {
      if (!(getOne() instanceof byte[] text)
          || !new String(text, StandardCharsets.UTF_8).equals(answer)) {
        throw new JedisConnectionException(
            "the server is none of Redis: it does not say " + answer);
      }
    }
  }

  HostAndPort server() {
    return server;
  }

  /** Tells the history of the server's data and whether it has replicas, if it may be asked. */
  void introduce(Lineage lineage) {
    String info = replication();
    Matcher history = HISTORY.matcher(info);
    replicas = lineage.met(server, history.find() ? history.group(1) : "");
    expectReplicas(info);
  }

  /** Asks whether the server has replicas by now. */
  void lookForReplicas() {
    expectReplicas(replication());
  }

  private void expectReplicas(String info) {
    if (HAS_REPLICAS.matcher(info).find()) {
      replicas.expect();
    }
  }

  private String replication() {
    sendCommand(Command.INFO, "replication");
    try {
      return getOne() instanceof byte[] info ? new String(info, StandardCharsets.UTF_8) : "";
    } catch (JedisDataException withoutRight) {
      return "";
    }
  }

  /** Whether the server's replicas are thought to have what was sent to it. */
  Replicas replicas() {
    return replicas;
  }

  /**
   * Whether the server is known to have left. Below TLS that is not told from its other messages.
   */
  boolean isLeft() {
    return !plug.tls && plug.socket().isSpoilt();
  }

  /**
   * Begins an exchange.
   *
   * @param deadlineNanos when it must be done, by {@link System#nanoTime}
   */
  void beginExchange(long deadlineNanos) {
    plug.socket().beginExchange(deadlineNanos);
  }

  @Override
  protected @Nullable Object protocolRead(RedisInputStream in, PushConsumerChain pushes) {
    return Resp.read(in);
  }

  /** Closes without a farewell. Idempotent. */
  @Override
  public void forceDisconnect() {
    try {
      super.forceDisconnect();
      plug.socket().close();
    } catch (IOException | JedisException alreadyBroken) {
      // closing was all we wanted
    }
  }

  @Override
  public void close() {
    forceDisconnect();
  }

  /** Makes the socket of one link: a link that broke is not mended. */
  private static final class Plug implements JedisSocketFactory {

    private static final Resolver RESOLVER = new Resolver(InetAddress::getAllByName);

    private final HostAndPort server;
    private final boolean tls;
    private final long deadlineNanos;
    private @Nullable TimedSocket socket;

    Plug(HostAndPort server, boolean tls, long deadlineNanos) {
      this.server = server;
      this.tls = tls;
      this.deadlineNanos = deadlineNanos;
    }

    TimedSocket socket() {
      if (socket == null) {
        throw new JedisConnectionException("not connected");
      }
      return socket;
    }

    @Override
    public Socket createSocket() {
      if (socket != null) {
        throw new JedisConnectionException("the connection was closed");
      }
      try {
        TimedSocket plain = connect();
        socket = plain;
        return tls ? encrypted(plain) : plain;
      } catch (IOException | NoSuchAlgorithmException e) {
        throw new JedisConnectionException("no connection to " + server + ": " + e.getMessage(), e);
      }
    }

    /** The addresses of a name share the time that is left. */
    private TimedSocket connect() throws IOException {
      InetAddress[] addresses = RESOLVER.resolve(server.getHost(), deadlineNanos);
      IOException failure = new IOException("the name has no address");
      for (int i = 0; i < addresses.length; i++) {
        long now = System.nanoTime();
        long share = (deadlineNanos - now) / (addresses.length - i);
        try {
          TimedSocket connected =
              TimedSocket.connect(
                  new InetSocketAddress(addresses[i], server.getPort()), now + share);
          connected.beginExchange(deadlineNanos);
          return connected;
        } catch (IOException e) {
          e.addSuppressed(failure);
          failure = e;
        }
      }
      throw failure;
    }

    private SSLSocket encrypted(TimedSocket plain) throws IOException, NoSuchAlgorithmException {
      SSLSocket encrypted =
          (SSLSocket)
              SSLContext.getDefault()
                  .getSocketFactory()
                  .createSocket(plain, server.getHost(), server.getPort(), true);
      SSLParameters verified = encrypted.getSSLParameters();
      verified.setEndpointIdentificationAlgorithm("HTTPS");
      encrypted.setSSLParameters(verified);
      encrypted.startHandshake();
      return encrypted;
    }
  }
}
