package dev.tollgate.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The tests that are written for Node, with the packages that they lock. For use by one thread. */
final class NodeTests {

  private static final Path SOURCES = Path.of("src", "test", "npm");
  private static final Path DIRECTORY = Path.of(System.getProperty("build.directory"), "npm");
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** The oldest that the packages run on. */
  private static final int OLDEST_NODE = 20;

  private static final Pattern UNREACHABLE =
      Pattern.compile("code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET)");

  private final URI sample;

  /** How a process ended, and all that it wrote. */
  record Result(int status, String output) {}

  NodeTests(URI sample) {
    this.sample = sample;
  }

  /** Whether this machine has what they need. */
  boolean canRun() throws IOException, InterruptedException {
    if (!Stream.of("node", "npm").allMatch(NodeTests::isOnPath)) {
      return false;
    }
    Files.createDirectories(DIRECTORY);
    String newEnough =
        "process.exit(parseInt(process.versions.node) >= " + OLDEST_NODE + " ? 0 : 1)";
    return execute("node", "--eval", newEnough).status() == 0;
  }

  /**
   * Installs the packages; whether their registry could be reached.
   *
   * @throws IOException when they cannot be installed for another reason
   */
  boolean install() throws IOException, InterruptedException {
    Directories.copy(SOURCES, DIRECTORY);
    Result installed =
        execute("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0");
    boolean reached = !UNREACHABLE.matcher(installed.output()).find();
    if (installed.status() != 0 && reached) {
      throw new IOException(installed.output());
    }
    return reached;
  }

  /** Runs them against the sample. */
  Result run() throws IOException, InterruptedException {
    return execute("node", "--test");
  }

  private Result execute(String... command) throws IOException, InterruptedException {
    Path output = DIRECTORY.resolve(command[0] + ".log");
    ProcessBuilder builder = new ProcessBuilder(command).directory(DIRECTORY.toFile());
    builder.environment().put("SAMPLE_URL", sample.toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    boolean ended = process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    List<String> written = new ArrayList<>(List.of(String.join(" ", command)));
    written.addAll(Files.readAllLines(output, UTF_8));
    written.add(ended ? "" : "still running after " + LONGEST);
    return new Result(ended ? process.exitValue() : -1, String.join("\n", written));
  }

  private static boolean isOnPath(String program) {
    List<String> directories = List.of(System.getenv("PATH").split(File.pathSeparator));
    return directories.stream().anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }
}
