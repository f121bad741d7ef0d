package dev.tollgate.store.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server for tests, on a free port of the loopback interface. It keeps nothing on disk
 * unless it is told to; its directory lives as long as it does. Not thread-safe.
 */
public final class LocalRedis implements AutoCloseable {

  /** The program: the one that the system property {@code redis.server} names, else the carried. */
  private static final class Program {
    static final String PATH = path();

    private static String path() {
      String given = System.getProperty("redis.server", "");
      try {
        return given.isEmpty()
            ? ExecutableProvider.newJarResourceProvider().get().getAbsolutePath()
            : given;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Those from 32,768 on are given to whoever connects, and may be taken before a server has them.
   */
  private static final int MIN_PORT = 10_000;

  private static final int END_PORT = 22_000;

  /** A node of a cluster has a second port, so much above the first. */
  private static final int SECOND = 10_000;

  private static final Duration MAX_START = Duration.ofSeconds(30);
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final String program;
  private final int port;
  private final String mode;
  private final List<String> settings;
  private final Path directory;
  private @Nullable Process process;

  private LocalRedis(String program, int port, String mode, String... settings) {
    this.program = program;
    this.port = port;
    this.mode = mode;
    this.settings = List.of(settings);
    try {
      directory = Files.createTempDirectory("redis-" + port + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a server of one's own, with these lines of configuration. */
  public static LocalRedis start(String... settings) {
    return startProgram(Program.PATH, settings);
  }

  /** Starts a server of one's own, of this program. */
  static LocalRedis startProgram(String program, String... settings) {
    return at(program, freePort(), settings).started();
  }

  /** A server that is not started yet. */
  static LocalRedis at(int port, String... settings) {
    return at(Program.PATH, port, settings);
  }

  private static LocalRedis at(String program, int port, String... settings) {
    return new LocalRedis(program, port, "", settings);
  }

  /** A Sentinel that is not started yet. */
  static LocalRedis sentinelAt(int port, String... settings) {
    return new LocalRedis(Program.PATH, port, "--sentinel", settings);
  }

  /** The servers that are here: the usual one, and those that the system has installed. */
  static List<String> programs() {
    List<String> programs = new ArrayList<>(List.of(Program.PATH));
    installable().forEach(name -> installed(name).ifPresent(programs::add));
    return programs;
  }

  /** The names of servers that a system may have installed. */
  static List<String> installable() {
    return List.of("redis-server", "valkey-server");
  }

  /** Where the system has installed a server. */
  static Optional<String> installed(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  private LocalRedis started() {
    restart();
    return this;
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

  /** Where it keeps what it keeps. */
  Path directory() {
    return directory;
  }

  /** A client for operators. */
  Jedis client() {
    return new Jedis("127.0.0.1", port);
  }

  /** Starts the server again, on its port, with what it has kept. */
  public void restart() {
    try {
      Files.createDirectories(directory);
      process =
          new ProcessBuilder(command())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("output").toFile())
              .start();
      RUNNING.add(process);
      awaitListening(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command() throws IOException {
    Path configuration = directory.resolve("redis.conf");
    if (!Files.exists(configuration)) {
      List<String> lines = new ArrayList<>();
      lines.add("port " + port);
      lines.add("bind 127.0.0.1");
      lines.add("dir " + directory);
      lines.add("logfile " + directory.resolve("log"));
      if (mode.isEmpty()) {
        lines.add("save \"\"");
      }
      lines.addAll(settings);
      Files.write(configuration, lines);
    }
    List<String> command = new ArrayList<>(List.of(program, configuration.toString()));
    if (!mode.isEmpty()) {
      command.add(mode);
    }
    return command;
  }

  private void awaitListening(Process starting) throws IOException {
    long end = System.nanoTime() + MAX_START.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException notYet) {
        if (!starting.isAlive() || System.nanoTime() > end) {
          throw new IOException(program + " does not start: " + log(), notYet);
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What it has logged. */
  String log() {
    try {
      StringBuilder text = new StringBuilder();
      for (String name : List.of("output", "log")) {
        Path file = directory.resolve(name);
        text.append(Files.exists(file) ? Files.readString(file) : "");
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the process at once, as a crash would. Idempotent. */
  public void kill() {
    if (process == null) {
      return;
    }
    try {
      process.destroyForcibly().waitFor();
      RUNNING.remove(process);
      process = null;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops the process without ending it: it answers nothing until {@link #resume}. */
  public void suspend() {
    signal("-STOP");
  }

  /** Lets it go on. */
  public void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    if (process == null) {
      throw new IllegalStateException("not running");
    }
    try {
      new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends the server, and removes what it has kept. Idempotent. */
  @Override
  public void close() {
    kill();
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int freePort() {
    int port = anyPort();
    for (int tries = 0; !isFree(port) || !isFree(port + SECOND); tries++) {
      if (tries == 100) {
        throw new IllegalStateException("no port is free");
      }
      port = anyPort();
    }
    return port;
  }

  private static int anyPort() {
    return ThreadLocalRandom.current().nextInt(MIN_PORT, END_PORT);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (BindException taken) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
