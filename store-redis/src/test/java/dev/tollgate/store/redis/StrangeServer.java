package dev.tollgate.store.redis;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on the loopback interface that is none of Redis. Thread-safe. */
final class StrangeServer implements AutoCloseable {

  /** How it treats a connection. It is closed afterwards. */
  interface Manner {
    void serve(Socket client) throws IOException, InterruptedException;
  }

  private static final int MAX_CONNECTIONS = 20_000;

  private final ServerSocket socket;
  private final Manner manner;
  private final Queue<Socket> clients = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();

  StrangeServer(Manner manner) {
    this.manner = manner;
    try {
      socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "strange server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (connections.get() < MAX_CONNECTIONS) {
        Socket client = socket.accept();
        connections.incrementAndGet();
        clients.add(client);
        start(() -> serve(client));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serve(Socket client) {
    try (client) {
      manner.serve(client);
    } catch (IOException | InterruptedException left) {
      // the client has left, which is what clients do
    } finally {
      clients.remove(client);
    }
  }

  /** Reads what comes, and answers nothing. */
  static void swallow(Socket client) throws IOException {
    byte[] buffer = new byte[8192];
    int count = client.getInputStream().read(buffer);
    while (count >= 0) {
      count = client.getInputStream().read(buffer);
    }
  }

  /** Says the same after whatever it hears, and leaves. */
  static Manner saying(String answer) {
    return saying(answer, 1, 0);
  }

  /**
   * Says the same after whatever it hears, over and over.
   *
   * @param times how often
   * @param pauseMillis before each byte
   */
  static Manner saying(String answer, int times, int pauseMillis) {
    byte[] bytes = answer.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    return client -> {
      client.getInputStream().read(new byte[65_536]);
      OutputStream out = client.getOutputStream();
      for (int i = 0; i < times; i++) {
        if (pauseMillis == 0) {
          out.write(bytes);
        } else {
          drip(bytes, out, pauseMillis);
        }
      }
    };
  }

  private static void drip(byte[] bytes, OutputStream out, int pauseMillis)
      throws IOException, InterruptedException {
    for (byte each : bytes) {
      Thread.sleep(pauseMillis);
      out.write(each);
    }
  }

  URI uri() {
    return URI.create("redis://127.0.0.1:" + socket.getLocalPort());
  }

  int port() {
    return socket.getLocalPort();
  }

  /** How many connections there have been. */
  int connections() {
    return connections.get();
  }

  /** How many connections are open. */
  int open() {
    return clients.size();
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket client : clients) {
        client.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
