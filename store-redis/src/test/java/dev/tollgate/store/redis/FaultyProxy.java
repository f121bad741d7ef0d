package dev.tollgate.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A network between a client and a server of the loopback interface that fails as it is told. At
 * most {@link #MAX_CONNECTIONS} connections at a time, of two threads each; further ones are
 * refused. Thread-safe.
 */
public final class FaultyProxy implements AutoCloseable {

  static final int MAX_CONNECTIONS = 64;
  private static final int BUFFER = 8192;
  private static final long POLL_NANOS = 1_000_000L;
  private static final long UNLIMITED = Long.MAX_VALUE / 2;

  /** What happens to what is sent. */
  private enum Mode {
    PASS,
    DROP,
    REFUSE
  }

  private final ServerSocket listening;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong questionsLeft = new AtomicLong(UNLIMITED);
  private final AtomicLong answersLeft = new AtomicLong(UNLIMITED);
  private volatile Mode mode = Mode.PASS;
  private volatile long delayNanos;
  private volatile boolean closed;

  private FaultyProxy(ServerSocket listening, int target) {
    this.listening = listening;
    this.target = target;
  }

  /**
   * A proxy that lets everything through.
   *
   * @param target the server's port
   */
  public static FaultyProxy to(int target) {
    try {
      ServerSocket listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
      FaultyProxy proxy = new FaultyProxy(listening, target);
      proxy.start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listening.getLocalPort();
  }

  public URI uri() {
    return URI.create("redis://127.0.0.1:" + port());
  }

  /** Lets everything through again, on connections that are open and new ones. */
  public void pass() {
    questionsLeft.set(UNLIMITED);
    answersLeft.set(UNLIMITED);
    delayNanos = 0;
    mode = Mode.PASS;
  }

  /** A black hole: connections open, and nothing arrives. What is sent meanwhile arrives later. */
  public void drop() {
    mode = Mode.DROP;
  }

  /** Breaks all connections and lets no new one in. */
  public void refuse() {
    mode = Mode.REFUSE;
    cut();
  }

  /** Breaks all connections; new ones are let through. */
  public void cut() {
    sockets.forEach(FaultyProxy::close);
  }

  /** Delays each piece of data, in both directions. */
  public void delayMillis(long millis) {
    delayNanos = millis * 1_000_000L;
  }

  /** Breaks the connection once that has sent so many more bytes to the server. */
  public void cutQuestionsAfter(long bytes) {
    questionsLeft.set(bytes);
  }

  /** Breaks the connection once that has sent so many more bytes to the client. */
  public void cutAnswersAfter(long bytes) {
    answersLeft.set(bytes);
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = listening.accept();
        if (mode == Mode.REFUSE || sockets.size() >= 2 * MAX_CONNECTIONS) {
          close(client);
        } else {
          connect(client);
        }
      } catch (IOException stopped) {
        if (closed) {
          return;
        }
      }
    }
  }

  private void connect(Socket client) {
    Socket server = new Socket();
    sockets.add(client);
    sockets.add(server);
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 1000);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      start(() -> pump(client, server, questionsLeft));
      start(() -> pump(server, client, answersLeft));
    } catch (IOException unreachable) {
      end(client, server);
    }
  }

  private void pump(Socket from, Socket to, AtomicLong left) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        hold(from);
        int allowed = (int) Math.min(read, left.getAndAdd(-read));
        out.write(buffer, 0, Math.max(0, allowed));
        if (allowed < read) {
          left.set(UNLIMITED);
          return;
        }
      }
    } catch (IOException broken) {
      return; // the other direction ends with it
    } finally {
      end(from, to);
    }
  }

  private void hold(Socket from) {
    if (delayNanos > 0) {
      LockSupport.parkNanos(delayNanos);
    }
    while (mode == Mode.DROP && !closed && !from.isClosed()) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private void end(Socket one, Socket other) {
    close(one);
    close(other);
    sockets.remove(one);
    sockets.remove(other);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start(Runnable task) {
    Thread thread = new Thread(task, "faulty-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  /** Breaks all connections and ends the threads. */
  @Override
  public void close() {
    closed = true;
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}
