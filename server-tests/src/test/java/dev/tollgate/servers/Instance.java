package dev.tollgate.servers;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One server process with its own directory and its own ports on the loopback interface. Starting
 * returns once the server has tried to deploy the sample, whether that went well or not. Its output
 * stays in {@code target/server-logs}. For use by one thread.
 */
final class Instance implements AutoCloseable {

  private static final Path BUILD = Path.of(System.getProperty("build.directory"));
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");

  /** A server takes 2 to 10 s to start alone on the machine, and more beside others. */
  private static final Duration START = Duration.ofSeconds(120);

  /** Deployment scanners run every second and want to see a file twice. */
  private static final Duration DEPLOY = Duration.ofSeconds(60);

  private static final Duration STOP = Duration.ofSeconds(30);

  /**
   * With a bounded heap, and soft references that end at the next collection as weak ones do. Most
   * instances end before a second compiler has paid.
   */
  private static final List<String> SMALL_AND_FORGETFUL =
      List.of("-Xmx512m", "-XX:SoftRefLRUPolicyMSPerMB=0", "-XX:TieredStopAtLevel=1");

  private final Path application;
  private final Path log;
  private final Process process;
  private final Thread orphanGuard;
  private final URI address;
  private final Client client;

  private Instance(Path application, Path log, Process process, int port) {
    this.application = application;
    this.log = log;
    this.process = process;
    this.orphanGuard = new Thread(process::destroyForcibly);
    this.address = URI.create("http://127.0.0.1:" + port);
    this.client = new Client(address);
    Runtime.getRuntime().addShutdownHook(orphanGuard);
  }

  /**
   * Starts a server with the sample in it.
   *
   * @param name of its directory and its log, unique among the instances of a build
   * @param properties system properties of the process
   */
  static Instance start(Server server, String name, Map<String, String> properties)
      throws IOException {
    Path base = BUILD.resolve("instances").resolve(name);
    Directories.delete(base);
    server.layOut(Files.createDirectories(base));
    Directories.copy(server.overlay(), base);
    Files.createDirectories(base.resolve("temp"));
    Files.createDirectories(server.application(base).getParent());
    return startAgain(server, name, properties);
  }

  /** Starts a server in the directory that an earlier instance of the same name has left. */
  static Instance startAgain(Server server, String name, Map<String, String> properties)
      throws IOException {
    Path base = BUILD.resolve("instances").resolve(name);
    Path application = server.application(base);
    List<Integer> ports = Ports.free(3);
    List<String> command = new ArrayList<>();
    command.addAll(List.of(JAVA.resolve("java").toString(), "@jvm.options"));
    command.addAll(SMALL_AND_FORGETFUL);
    properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(server.command(base, ports));
    Path log = Files.createDirectories(BUILD.resolve("server-logs")).resolve(name + ".log");
    copySample(application);
    Process process =
        new ProcessBuilder(command)
            .directory(base.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Instance instance = new Instance(application, log, process, ports.get(0));
    try {
      instance.awaitStart(server);
      return instance;
    } catch (RuntimeException | Error e) {
      instance.close();
      throw e;
    }
  }

  /** Where the sample is, without a path. */
  URI address() {
    return address;
  }

  /** The server's own directory, with all that it writes but its output. */
  Path directory() {
    return application.getParent().getParent();
  }

  /** The sample as a client sees it. */
  Client client() {
    return client;
  }

  /** All that the process has written so far. */
  String log() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  /** Takes the sample away, as an operator does, and returns once it answers no longer. */
  void undeploy() throws IOException {
    Files.delete(application);
    await().atMost(DEPLOY).until(() -> client.get("/").status() != 200);
  }

  /** Puts the sample back and returns once it answers. */
  void deploy() throws IOException {
    copySample(application);
    await().atMost(DEPLOY).until(() -> client.get("/").status() == 200);
  }

  /** What the JDK's diagnostic command says about the process. */
  String diagnose(String command) {
    String jcmd = JAVA.resolve("jcmd").toString();
    try {
      Process diagnosis = new ProcessBuilder(jcmd, Long.toString(process.pid()), command).start();
      try (var output = diagnosis.getInputStream()) {
        return new String(output.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the process at once, as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Stops the process, by force if it takes too long. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toMillis(), MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(orphanGuard);
  }

  private void awaitStart(Server server) {
    await()
        .atMost(START)
        .pollInterval(100, TimeUnit.MILLISECONDS)
        .until(() -> !process.isAlive() || server.started.matcher(log()).find());
    assertThat(process.isAlive()).as("%s is running, see %s", server, log).isTrue();
  }

  /** Moves the file into place whole, so that no scanner meets half of it. */
  private static void copySample(Path application) throws IOException {
    Path copy =
        BUILD
            .resolve("instances")
            .resolve(application.getParent().getParent().getFileName() + ".war");
    Files.copy(BUILD.resolve("sample.war"), copy, StandardCopyOption.REPLACE_EXISTING);
    Files.move(copy, application, StandardCopyOption.ATOMIC_MOVE);
  }
}
