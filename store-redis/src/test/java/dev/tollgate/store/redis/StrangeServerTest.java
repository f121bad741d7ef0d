package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What is no Redis server, or is one behind a bad network: never a hang, never too much memory. */
class StrangeServerTest {

  private static final String SEED = "tollgate.seed";
  private static final Duration DEADLINE = Duration.ofMillis(200);
  private static final String READY = "+PONG\r\n";

  /** What a busy machine may add, and how often it may add more. */
  private static final Duration SLACK = Duration.ofMillis(1500);

  private static final int MAX_TRIES = 3;

  private static final long MAX_ALLOCATED = 200L << 20;

  private static final Map<String, StrangeServer.Manner> MANNERS =
      Map.ofEntries(
          Map.entry("says nothing", StrangeServer::swallow),
          Map.entry("does not even read", client -> Thread.sleep(5000)),
          Map.entry("leaves at once", client -> {}),
          Map.entry("speaks HTTP", StrangeServer.saying("HTTP/1.1 400 Bad Request\r\n\r\n")),
          Map.entry("says noise", StrangeServer.saying("\0\u0001\u00ff\u00fe$$$")),
          Map.entry("says a number", StrangeServer.saying(":1\r\n")),
          Map.entry("says null", StrangeServer.saying("$-1\r\n")),
          Map.entry("says half a word", StrangeServer.saying("+PO")),
          Map.entry("says half a list", afterwards("*2\r\n*1\r\n", 1, 0)),
          Map.entry("says a short list", afterwards("*0\r\n", 1, 0)),
          Map.entry("says a list of nothing", afterwards("*1\r\n*-1\r\n", 1, 0)),
          Map.entry("says a list of a number", afterwards("*1\r\n*1\r\n:1\r\n", 1, 0)),
          Map.entry("promises a huge text", afterwards("$2000000000\r\n", 1, 0)),
          Map.entry("promises a negative text", afterwards("$-5\r\n", 1, 0)),
          Map.entry("promises a huge list", afterwards("*2000000000\r\n", 1, 0)),
          Map.entry("nests lists for ever", afterwards("*1\r\n", 1 << 20, 0)),
          Map.entry("says a huge list", afterwards("*500000\r\n" + "*0\r\n".repeat(500_000), 1, 0)),
          Map.entry("never ends its line", afterwards("+" + "x".repeat(65_536), 4096, 0)),
          Map.entry("never ends its error", afterwards("-" + "x".repeat(65_536), 4096, 0)),
          Map.entry("drips its answer", afterwards("*1\r\n*3\r\n$7\r\nREFUSED\r\n", 1000, 20)));

  /** Is polite at first. */
  private static StrangeServer.Manner afterwards(String answer, int times, int pauseMillis) {
    return client -> {
      StrangeServer.saying(READY).serve(client);
      StrangeServer.saying(answer, times, pauseMillis).serve(client);
    };
  }

  @Test
  void allAreToldWithinTheDeadlineAndInBoundedMemory() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<String>> peers = new ArrayList<>();
      MANNERS.forEach((name, manner) -> peers.add(() -> ask(name, manner)));
      for (Future<String> told : threads.invokeAll(peers)) {
        System.out.println(told.get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** A hang is one at every try, and a busy machine is only sometimes slow. */
  private static String ask(String name, StrangeServer.Manner manner) {
    Duration most = DEADLINE.multipliedBy(4).plus(SLACK);
    Told told = askOnce(name, manner);
    for (int tries = 1; tries < MAX_TRIES && told.after().compareTo(most) > 0; tries++) {
      told = askOnce(name, manner);
    }
    assertThat(told.after()).as(name).isLessThan(most);
    return String.format(
        "%s: after %d ms and %d kB: %s",
        name, told.after().toMillis(), told.allocated() / 1024, told.message());
  }

  /** How a question ended. */
  private record Told(Duration after, long allocated, String message) {}

  private static Told askOnce(String name, StrangeServer.Manner manner) {
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    try (StrangeServer server = new StrangeServer(manner);
        Store store = Stores.open(server.uri(), DEADLINE)) {
      long allocated = memory.getThreadAllocatedBytes(thread);
      long began = System.nanoTime();
      Throwable failure = catchThrowable(() -> store.document("any"));
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      allocated = memory.getThreadAllocatedBytes(thread) - allocated;
      assertThat(failure).as(name).isInstanceOf(StoreException.class);
      assertThat(allocated).as(name).isLessThan(MAX_ALLOCATED);
      return new Told(took, allocated, failure.getMessage());
    }
  }

  /**
   * Where a firewall drops what comes, connecting hangs; a server that is overrun does the same.
   */
  @Test
  void aConnectionThatNobodyTakesCostsTheDeadline() throws IOException {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (ServerSocket full = new ServerSocket(0, 1, loopback)) {
      List<Socket> waiting = new ArrayList<>();
      try {
        Throwable refused = null;
        while (refused == null && waiting.size() < 100) {
          Socket socket = new Socket();
          waiting.add(socket);
          refused = catchThrowable(() -> socket.connect(full.getLocalSocketAddress(), 200));
        }
        assertThat(refused).isInstanceOf(SocketTimeoutException.class);
        URI uri = URI.create("redis://127.0.0.1:" + full.getLocalPort());
        try (Store store = Stores.open(uri, DEADLINE)) {
          long began = System.nanoTime();
          assertThatThrownBy(() -> store.document("any"))
              .isInstanceOf(StoreException.class)
              .hasMessageStartingWith("nothing was done: ");
          assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(DEADLINE.plus(SLACK));
        }
      } finally {
        for (Socket socket : waiting) {
          socket.close();
        }
      }
    }
  }

  @Test
  void aPeerThatStopsReadingHoldsNobodyUp() throws Exception {
    try (StrangeServer server = new StrangeServer(client -> Thread.sleep(20_000))) {
      long began = System.nanoTime();
      TimedSocket socket =
          TimedSocket.connect(
              new InetSocketAddress("127.0.0.1", server.port()), began + DEADLINE.toNanos());
      try (socket) {
        assertThatThrownBy(() -> socket.getOutputStream().write(new byte[64 << 20]))
            .isInstanceOf(SocketTimeoutException.class);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(DEADLINE.plus(SLACK));
    }
  }

  @Test
  void aCallerThatIsInterruptedSpoilsNobodysExchange() throws StoreException {
    try (LocalRedis redis = LocalRedis.start();
        Store store = Stores.open(redis.uri(), DEADLINE);
        Jedis client = redis.client()) {
      client.clientPause(50);
      Thread.currentThread().interrupt();
      assertThat(store.document("any").text()).isEmpty();
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aStoreOwnsNoThread() throws StoreException {
    try (LocalRedis redis = LocalRedis.start()) {
      Set<Thread> before = Thread.getAllStackTraces().keySet();
      try (Store store = Stores.open(redis.uri(), DEADLINE)) {
        store.document("any");
        assertThat(Thread.getAllStackTraces().keySet()).isSubsetOf(before);
      }
    }
  }

  @Test
  void lostAndTornAnswersChargeNobodyTwice() throws Exception {
    cut(150);
  }

  @Test
  @Tag("long")
  void aThousandCutsLeaveNeitherConnectionsNorThreads() throws Exception {
    cut(1000);
  }

  /** A real server behind a network that cuts connections in the middle of answers. */
  private static void cut(int cuts) throws Exception {
    long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
    Random random = new Random(seed);
    try (LocalRedis redis = LocalRedis.start();
        StrangeServer network = new StrangeServer(client -> relay(client, redis.port(), random))) {
      List<String> names = IntStream.range(0, 200).mapToObj(i -> "caller-" + i).toList();
      Store store = Stores.open(network.uri(), DEADLINE);
      Load load = new Load(store, names, 4, seed);
      try (load) {
        while (network.connections() < cuts) {
          Thread.sleep(5);
        }
      }
      int open = network.open();
      store.close();
      Load.Outcomes outcomes;
      try (Store direct = Stores.open(redis.uri(), DEADLINE)) {
        outcomes = load.outcomes(direct);
      }
      System.out.printf(
          "-D%s=%d: %d connections cut under %d operations: %d asked again, %s; %d connections"
              + " open at the end%n",
          SEED,
          seed,
          network.connections(),
          load.operations(),
          load.failures().size(),
          outcomes,
          open);
      assertThat(outcomes.wrong()).isZero();
      assertThat(open).isLessThanOrEqualTo(Line.WIRES);
      Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> network.open() == 0);
    }
  }

  /** Passes all on, and so many bytes back. */
  private static void relay(Socket client, int port, Random random) throws IOException {
    int bytes;
    synchronized (random) {
      bytes = 100 + random.nextInt(3000);
    }
    try (Socket server = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      server.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      Thread requests = new Thread(() -> passAll(client, server), "requests");
      requests.setDaemon(true);
      requests.start();
      pass(server, client, bytes);
    }
  }

  private static void passAll(Socket client, Socket server) {
    try (server) {
      pass(client, server, Integer.MAX_VALUE);
    } catch (IOException gone) {
      // closing was all we wanted
    }
  }

  private static void pass(Socket from, Socket to, int bytes) {
    try {
      byte[] buffer = new byte[8192];
      int left = bytes;
      int count = from.getInputStream().read(buffer);
      while (count > 0 && left > 0) {
        to.getOutputStream().write(buffer, 0, Math.min(count, left));
        left -= count;
        count = left > 0 ? from.getInputStream().read(buffer) : 0;
      }
    } catch (IOException cut) {
      // one of them has left
    }
  }
}
