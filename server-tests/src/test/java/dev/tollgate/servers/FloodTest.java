package dev.tollgate.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.servers.Client.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that are too many, or too slow, on each server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ParameterizedClass
@EnumSource(Server.class)
class FloodTest {

  private static final int MAX_CALLERS = 300;
  private static final int NAMES = 1500;
  private static final int BURST = 5;

  /** Accounts that names share for which there is no room. */
  private static final int SHARED_ACCOUNTS = 64;

  private static final int SLOW_CLIENTS = 10;
  private static final int PIECES = 15;
  private static final long PAUSE_MILLIS = 100;

  @Parameter private Server server;
  private ProviderStandIn provider;
  private Instance instance;
  private Client client;

  @BeforeParameterizedClassInvocation
  void start() throws IOException {
    provider = ProviderStandIn.open();
    Map<String, String> values = new HashMap<>();
    values.put("sample.provider.url", provider.url());
    values.put("sample.provider.key", ProviderStandIn.KEY);
    values.put("sample.keys", "quick:free, slow:free");
    values.put("tollgate.callers", "principal, header:X-Visitor");
    values.put("tollgate.hash-key", "the-hash-key-of-this-test");
    values.put("tollgate.store", "memory:");
    values.put("tollgate.max-callers", Integer.toString(MAX_CALLERS));
    values.put("tollgate.tier.free.rate", "1000/minute burst 1000");
    values.put("tollgate.route.flooded.path", "/gate.svg");
    values.put("tollgate.route.flooded.rate", "1/hour burst " + BURST);
    values.put("tollgate.anomaly", "off");
    instance = Instance.start(server, "flood-" + server, values);
    client = instance.client();
    assertThat(client.chat("quick").status()).isEqualTo(200);
    assertThat(client.chat("slow").status()).isEqualTo(200);
  }

  @AfterParameterizedClassInvocation
  void stop() {
    instance.close();
    provider.close();
  }

  @Test
  void aFloodOfNamesResetsNobodyAndIsLimitedItself() {
    for (int i = 0; i < BURST; i++) {
      assertThat(visit("known").status()).isEqualTo(200);
    }
    assertThat(visit("known").status()).isEqualTo(429);
    long start = System.nanoTime();
    int letIn = 0;
    for (int i = 0; i < NAMES; i++) {
      letIn += visit("name-" + i).status() == 200 ? 1 : 0;
    }
    System.out.printf(
        "%s: %d names in %.1f s, room for %d: %d let in%n",
        server, NAMES, (System.nanoTime() - start) / 1e9, MAX_CALLERS, letIn);
    assertThat(letIn).isLessThanOrEqualTo(MAX_CALLERS + SHARED_ACCOUNTS * BURST);
    assertThat(visit("known").status()).as("who was known before").isEqualTo(429);
    assertThat(client.chat("quick").status()).isEqualTo(200);
  }

  private Reply visit(String name) {
    return client.get("/gate.svg", "X-Visitor", name);
  }

  /** Half of them send everything in the end, and half leave before. */
  @Test
  void slowClientsKeepNobodyOutAndPayForWhatTheyAsked() throws Exception {
    long calls = provider.calls();
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW_CLIENTS; i++) {
        sockets.add(begin(i % 2 == 0 ? Hostile.CHAT : Hostile.COMPLETIONS));
      }
      Duration slowest = Duration.ZERO;
      for (int piece = 0; piece < PIECES; piece++) {
        for (Socket socket : sockets) {
          write(socket, " ");
        }
        long asked = System.nanoTime();
        assertThat(client.chat("quick").status()).isEqualTo(200);
        Duration took = Duration.ofNanos(System.nanoTime() - asked);
        slowest = took.compareTo(slowest) > 0 ? took : slowest;
        Thread.sleep(PAUSE_MILLIS);
      }
      System.out.printf(
          "%s: the slowest of %d quick calls beside %d slow clients took %d ms%n",
          server, PIECES, SLOW_CLIENTS, slowest.toMillis());
      for (int i = 0; i < SLOW_CLIENTS; i++) {
        if (i < SLOW_CLIENTS / 2) {
          write(sockets.get(i), i % 2 == 0 ? Hostile.QUESTION : Hostile.HELLO);
          assertThat(status(sockets.get(i))).isEqualTo(200);
        } else {
          sockets.get(i).setSoLinger(true, 0);
          sockets.get(i).close();
        }
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    await().atMost(ofSeconds(10)).untilAsserted(() -> assertPaid(client.usage("slow")));
    assertThat(provider.calls() - calls).isEqualTo(PIECES + SLOW_CLIENTS / 2);
  }

  /** Sends all of a request but its body, which is to come after {@link #PIECES} spaces. */
  private Socket begin(String path) throws IOException {
    URI address = instance.address();
    Socket socket = new Socket(address.getHost(), address.getPort());
    socket.setSoTimeout(30_000);
    int length = PIECES + (path.equals(Hostile.CHAT) ? Hostile.QUESTION : Hostile.HELLO).length();
    write(
        socket,
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: slow\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: "
            + length
            + "\r\n\r\n");
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  private static int status(Socket socket) throws IOException {
    String line = new String(socket.getInputStream().readNBytes(12), UTF_8);
    return Integer.parseInt(line.substring(9));
  }

  private static void assertPaid(JsonNode usage) {
    assertThat(usage.path("calls")).as(usage.toString()).hasSize(1 + SLOW_CLIENTS / 2);
    assertThat(usage.path("limits").findValuesAsText("held"))
        .isNotEmpty()
        .allMatch(held -> new BigDecimal(held).signum() == 0);
  }
}
