package dev.tollgate.servers;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * Takes the sample away and puts it back while calls are served, wait and stream, and looks at what
 * the server's process keeps of it. For use by one thread.
 */
final class Redeployment {

  /** What the sample has to be configured with: keys, the rates of their tiers, a route's wait. */
  static final String KEYS = "redeployed:ample, waiter:patient";

  static final String AMPLE = "1000/minute burst 1000";
  static final String PATIENT = "2/minute burst 1";
  static final String WAIT = "1 minute";

  private static final String STREAM =
      "{\"model\":\"gpt-5-mini\",\"max_completion_tokens\":4000,\"stream\":true,"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";

  /**
   * What Tomcat says of an application that leaves something behind. What is Weld's does not count:
   * its ThreadLocals stay on threads on which Tomcat ended a stream whose client had left, until
   * Tomcat renews these threads, and its workers end a moment later.
   */
  private static final Pattern LEAK =
      Pattern.compile(
          "appears to have started a thread named \\[(?!weld-worker)"
              + "|created a ThreadLocal(?![^\\n]*org\\.jboss\\.weld)"
              + "|To prevent a memory leak");

  private static final String ENGINE = "dev.tollgate.Tollgate";

  /** A line for the class, in the hierarchy of those that are loaded, for each of its loaders. */
  private static final Pattern LOADED = Pattern.compile("--" + Pattern.quote(ENGINE) + "/");

  /** So many redeployments are told of at a time. */
  private static final int TOLD = 10;

  private final Instance instance;

  Redeployment(Instance instance) {
    this.instance = instance;
  }

  /** Redeploys so many times and returns once nothing but the last deployment is left. */
  void run(int rounds) throws IOException {
    for (int round = 1; round <= rounds; round++) {
      redeploy(round);
      if (round % TOLD == 0) {
        tell(round);
      }
    }
    await().atMost(ofSeconds(90)).pollInterval(ofSeconds(1)).untilAsserted(this::onlyTheLastIsLeft);
    assertThat(instance.log()).doesNotContainPattern(LEAK);
    tell(rounds);
  }

  private void redeploy(int round) throws IOException {
    assertThat(instance.client().chat("redeployed").status()).as("round %d", round).isEqualTo(200);
    CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(this::waitForTheRate);
    try (Socket stream = openStream()) {
      instance.undeploy();
      assertThat(stream.isConnected()).isTrue();
    }
    assertThat(waiting.join()).as("who waited, in round %d", round).isIn(200, 404, 429, 503);
    await().atMost(ofSeconds(40)).untilAsserted(() -> assertThat(ourThreads()).isEmpty());
    instance.deploy();
  }

  /**
   * A server renews threads that something of an application has stayed on when these serve again.
   */
  private void onlyTheLastIsLeft() {
    assertThat(instance.client().chat("redeployed").status()).isEqualTo(200);
    assertThat(engines()).as("engines").isEqualTo(1);
    assertThat(classLoaders()).as("class loaders").isEqualTo(1);
  }

  private void tell(int rounds) {
    System.out.printf(
        "%s: %d redeployments, no thread of ours after each; now %d threads of the server's,"
            + " %d engines, %d class loaders%n",
        instance.address(), rounds, threads(), engines(), classLoaders());
  }

  /** The second call waits for the rate, until waiting ends, or finds nobody there any more. */
  private int waitForTheRate() {
    int status = 200;
    for (int call = 0; call < 2 && status == 200; call++) {
      status =
          instance.client().post("/api/suggest", Hostile.QUESTION, "X-API-Key", "waiter").status();
    }
    return status;
  }

  private Socket openStream() throws IOException {
    URI address = instance.address();
    Socket socket = new Socket(address.getHost(), address.getPort());
    socket.setSoTimeout(30_000);
    Hostile request =
        Hostile.post("stream", Hostile.COMPLETIONS)
            .by("redeployed")
            .json(STREAM.formatted(ProviderStandIn.ENDLESS_QUESTION));
    for (byte[] piece : request.bytes()) {
      socket.getOutputStream().write(piece);
    }
    StringBuilder read = new StringBuilder();
    while (read.indexOf("data: ") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("what follows %s", read).isNotNegative();
      read.append((char) next);
    }
    return socket;
  }

  /** Names and stack frames of the process's threads that are ours. */
  private List<String> ourThreads() {
    return instance
        .diagnose("Thread.print")
        .lines()
        .filter(line -> line.contains("tollgate"))
        .toList();
  }

  /** All threads of the process that run Java. */
  private long threads() {
    return instance
        .diagnose("Thread.print")
        .lines()
        .filter(line -> line.contains("java.lang.Thread.State"))
        .count();
  }

  /** The engines in the process's heap, after a collection. */
  private long engines() {
    return instance
        .diagnose("GC.class_histogram")
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(columns -> columns.length > 3 && columns[3].equals(ENGINE))
        .mapToLong(columns -> Long.parseLong(columns[1]))
        .sum();
  }

  /** The class loaders that still have the engine's class, as of the latest collection. */
  private long classLoaders() {
    return LOADED.matcher(instance.diagnose("VM.class_hierarchy " + ENGINE)).results().count();
  }
}
