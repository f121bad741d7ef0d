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
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A network between a client and a server of the loopback interface that fails as it is told. At
 * most {@link #MAX_CONNECTIONS} connections at a time, of two threads each; further ones are
 * refused. Thread-safe.
 */
public final class FaultyProxy implements AutoCloseable {

  static final int MAX_CONNECTIONS = 64;
  private static final int BUFFER = 8192;
  private static final long UNLIMITED = Long.MAX_VALUE / 2;
  private static final Predicate<String> NOBODY = greeting -> false;

  /** What happens to what is sent. */
  private enum Mode {
    PASS,
    DROP,
    REFUSE
  }

  private final ServerSocket listening;
  private final int target;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong questionsLeft = new AtomicLong(UNLIMITED);
  private final AtomicLong answersLeft = new AtomicLong(UNLIMITED);
  private volatile Mode mode = Mode.PASS;
  private volatile long delayNanos;
  private volatile boolean closed;

  /** Clients that are not dropped, by what they say first; guarded by the monitor. */
  private Predicate<String> spared = NOBODY;

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
    become(Mode.PASS, NOBODY);
  }

  /** A black hole: connections open, and nothing arrives. What is sent meanwhile arrives later. */
  public void drop() {
    become(Mode.DROP, NOBODY);
  }

  /** The same for all but the clients that log in as this user. */
  void dropAllBut(String user) {
    become(Mode.DROP, greeting -> greeting.contains(user));
  }

  private synchronized void become(Mode mode, Predicate<String> spared) {
    this.mode = mode;
    this.spared = spared;
    notifyAll();
  }

  /** Breaks all connections and lets no new one in. */
  public void refuse() {
    become(Mode.REFUSE, NOBODY);
    cut();
  }

  /** Breaks all connections; new ones are let through. */
  public void cut() {
    connections.forEach(Connection::close);
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
        if (mode == Mode.REFUSE || connections.size() >= MAX_CONNECTIONS) {
          close(client);
        } else {
          new Connection(client, new Socket()).open();
        }
      } catch (IOException stopped) {
        if (closed) {
          return;
        }
      }
    }
  }

  /** A client's, and the one to the server that goes with it. */
  private final class Connection {

    private final Socket client;
    private final Socket server;

    /** What the client said first; guarded by the proxy's monitor. */
    private String greeting = "";

    Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void open() {
      connections.add(this);
      try {
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 1000);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        start(() -> pump(client, server, questionsLeft));
        start(() -> pump(server, client, answersLeft));
      } catch (IOException unreachable) {
        close();
      }
    }

    private void pump(Socket from, Socket to, AtomicLong left) {
      byte[] buffer = new byte[BUFFER];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
          if (from == client) {
            greet(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
          }
          hold();
          int allowed = (int) Math.min(read, left.getAndAdd(-read));
          out.write(buffer, 0, Math.max(0, allowed));
          if (allowed < read) {
            left.set(UNLIMITED);
            return;
          }
        }
      } catch (IOException broken) {
        return; // the other direction ends with it
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      } finally {
        close();
      }
    }

    private void greet(String said) {
      synchronized (FaultyProxy.this) {
        greeting = greeting.isEmpty() ? said : greeting;
      }
    }

    private void hold() throws InterruptedException {
      if (delayNanos > 0) {
        LockSupport.parkNanos(delayNanos);
      }
      synchronized (FaultyProxy.this) {
        while (mode == Mode.DROP && !spared.test(greeting) && !closed && !client.isClosed()) {
          FaultyProxy.this.wait();
        }
      }
    }

    void close() {
      FaultyProxy.close(client);
      FaultyProxy.close(server);
      connections.remove(this);
      synchronized (FaultyProxy.this) {
        FaultyProxy.this.notifyAll();
      }
    }
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
