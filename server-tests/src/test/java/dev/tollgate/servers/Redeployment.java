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

  private final Instance instance;

  Redeployment(Instance instance) {
    this.instance = instance;
  }

  /** Redeploys so many times and returns once nothing but the last deployment is left. */
  void run(int rounds) throws IOException {
    Client client = instance.client();
    for (int round = 1; round <= rounds; round++) {
      assertThat(client.chat("redeployed").status()).as("round %d", round).isEqualTo(200);
      CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(this::waitForTheRate);
      try (Socket stream = openStream()) {
        instance.undeploy();
        assertThat(stream.isConnected()).isTrue();
      }
      assertThat(waiting.join()).as("who waited, in round %d", round).isIn(200, 404, 429, 503);
      await().atMost(ofSeconds(40)).untilAsserted(() -> assertThat(ourThreads()).isEmpty());
      instance.deploy();
    }
    assertThat(client.chat("redeployed").status()).isEqualTo(200);
    await()
        .atMost(ofSeconds(90))
        .pollInterval(ofSeconds(1))
        .untilAsserted(() -> assertThat(engines()).isEqualTo(1));
    assertThat(instance.log()).doesNotContainPattern(LEAK);
    System.out.printf(
        "%s: %d redeployments, no thread of ours after each, one engine after all%n",
        instance.address(), rounds);
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

  /** The engines in the process's heap, after a collection. */
  private long engines() {
    return instances("dev.tollgate.Tollgate");
  }

  /** The objects of a class in the process's heap, after a collection. */
  private long instances(String className) {
    return instance
        .diagnose("GC.class_histogram")
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(columns -> columns.length > 3 && columns[3].equals(className))
        .mapToLong(columns -> Long.parseLong(columns[1]))
        .sum();
  }
}
