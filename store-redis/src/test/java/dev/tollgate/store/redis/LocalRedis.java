package dev.tollgate.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/**
 * A real Redis server for tests, on a free port of the loopback interface, that keeps nothing on
 * disk. Not thread-safe.
 */
public final class LocalRedis implements AutoCloseable {

  private final int port;
  private final String[] settings;
  private @Nullable RedisServer server;

  private LocalRedis(int port, String... settings) {
    this.port = port;
    this.settings = settings;
  }

  /** Starts a server of one's own, with these lines of configuration. */
  public static LocalRedis start(String... settings) {
    LocalRedis redis = new LocalRedis(freePort(), settings);
    redis.restart();
    return redis;
  }

  /** A server that is not started yet. */
  static LocalRedis at(int port) {
    return new LocalRedis(port);
  }

  /**
   * The server that all tests of this process share: the one that the system property {@code
   * redis.url} names, else a local one that ends with the process.
   */
  public static URI shared() {
    String given = System.getProperty("redis.url", "");
    return given.isEmpty() ? Shared.REDIS.uri() : URI.create(given);
  }

  private static final class Shared {
    static final LocalRedis REDIS = start();
  }

  public URI uri() {
    return URI.create("redis://127.0.0.1:" + port);
  }

  public int port() {
    return port;
  }

  /** Starts the server again, empty, on its port. */
  public void restart() {
    try {
      RedisServerBuilder builder =
          RedisServer.newRedisServer()
              .port(port)
              .bind("127.0.0.1")
              .setting("save \"\"")
              .onShutdownForceStop(true);
      for (String setting : settings) {
        builder.setting(setting);
      }
      server = builder.build();
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops the server. Idempotent. */
  @Override
  public void close() {
    if (server == null) {
      return;
    }
    try {
      server.stop();
      server = null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
