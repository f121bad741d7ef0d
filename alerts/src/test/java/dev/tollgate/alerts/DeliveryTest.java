package dev.tollgate.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.tollgate.Alert;
import dev.tollgate.AlertDelivery;
import dev.tollgate.AlertSink;
import dev.tollgate.AlertSinkFactory;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.SinkState;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Window;
import dev.tollgate.store.MemoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From engines to receivers, dead ones too. */
class DeliveryTest {

  private static final Caller ANN = new Caller("ann", "free");
  private static final long SEED = 42;

  private final Receiver receiver = new Receiver();
  private final List<AutoCloseable> opened = new ArrayList<>(List.of(receiver));

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Test
  void whatFourProcessesNoticeReachesAReceiverOnce() {
    MemoryStore shared = new MemoryStore(1000, InstantSource.system());
    List<AlertDelivery> deliveries = new ArrayList<>();
    List<Tollgate> engines =
        IntStream.range(0, 4)
            .mapToObj(
                i -> {
                  AlertDelivery delivery = delivery(receiver.address("/hook"));
                  deliveries.add(delivery);
                  return engine(shared, delivery);
                })
            .toList();

    for (int i = 0; i < 40; i++) {
      engines.get(i % 4).reserve(Call.of(ANN, "chat").model("new-model").estimate(1, 1));
    }
    engines.forEach(Tollgate::close);
    deliveries.forEach(AlertDelivery::close);

    assertThat(receiver.posts)
        .extracting(post -> new String(post.body()).replaceAll(".*\"message\":\"([^\"]*).*", "$1"))
        .containsExactlyInAnyOrder(
            "model has no price and is charged at the dearest known one",
            "80 % of requests-per-day is used",
            "100 % of requests-per-day is used");
    assertThat(deliveries.stream().flatMap(delivery -> delivery.states().stream()))
        .extracting(SinkState::lost)
        .containsOnly(0L);
  }

  @Test
  void aDeadSinkDelaysNoCallAndLosesNoAlertSilently() throws Exception {
    receiver.answer(500, Map.of());
    AlertDelivery none = new AlertDelivery(List.of(), new Random(SEED));
    AlertDelivery dead =
        delivery(refusing(), hanging(), receiver.address("/"), "http://no-such-host.invalid/");
    opened.add(none);
    opened.add(dead);

    long[] warmUp = latencies(none);
    long[] without = latencies(none);
    long[] with = latencies(dead);

    System.out.printf(
        "reserve without sinks: p50 %d ns, p99 %d ns; with four dead ones: p50 %d ns, p99 %d ns%n",
        percentile(without, 50),
        percentile(without, 99),
        percentile(with, 50),
        percentile(with, 99));
    assertThat(warmUp).hasSameSizeAs(with);
    assertThat(Duration.ofNanos(percentile(with, 99)))
        .as("a call waits for no sink, whose timeouts are seconds")
        .isLessThan(Duration.ofNanos(percentile(without, 99)).plusMillis(100));
    dead.close();
    assertThat(dead.states())
        .hasSize(4)
        .allSatisfy(
            state -> {
              assertThat(state.delivered()).isZero();
              assertThat(state.waiting()).isZero();
              assertThat(state.lost()).as("of %s", state).isEqualTo(CALLERS);
            });
  }

  @Test
  void aDeadSinkKeepsNothingFromTheOthers() throws Exception {
    AlertDelivery delivery = delivery(hanging(), refusing(), receiver.address("/"));
    opened.add(delivery);
    for (int i = 0; i < 10; i++) {
      delivery.accept(alert(i));
    }

    await().atMost(Duration.ofSeconds(3)).until(() -> receiver.posts.size() == 10);
  }

  @Test
  void aSinkThatComesBackGetsWhatWaited() {
    receiver.answer(503, Map.of("Retry-After", "1"));
    AlertDelivery delivery = delivery(receiver.address("/"));
    opened.add(delivery);
    delivery.accept(alert(1));
    await().atMost(Duration.ofSeconds(20)).until(() -> receiver.posts.size() == 1);
    receiver.answer(200, Map.of());

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(delivery.states())
                    .singleElement()
                    .extracting(SinkState::delivered, SinkState::retried, SinkState::lost)
                    .containsExactly(1L, 1L, 0L));
    assertThat(receiver.posts).hasSize(2);
  }

  @Test
  void closingDeliversWhatWaitsAndLeavesNoThread() throws Exception {
    AlertDelivery delivery = delivery(receiver.address("/"), hanging());
    delivery.accept(alert(0));
    await().atMost(Duration.ofSeconds(20)).until(() -> receiver.posts.size() == 1);
    delivery.accept(alert(1));
    delivery.accept(alert(2));
    long start = System.nanoTime();
    delivery.close();
    delivery.accept(alert(4));

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("tollgate-alerts");
    assertThat(delivery.states())
        .extracting(SinkState::delivered, SinkState::lost, SinkState::waiting)
        .containsExactly(tuple(3L, 1L, 0), tuple(0L, 4L, 0));
  }

  private static final int CALLERS = 500;

  /** Of calls each eighth of which tells an alert. */
  private long[] latencies(AlertDelivery delivery) {
    try (Tollgate engine = engine(new MemoryStore(10_000, InstantSource.system()), delivery)) {
      long[] nanos = new long[CALLERS * 8];
      for (int i = 0; i < nanos.length; i++) {
        Call call = Call.of(new Caller("caller" + i / 8, "free"), "chat");
        long start = System.nanoTime();
        engine.reserve(call);
        nanos[i] = System.nanoTime() - start;
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> !engine.alerts(new Caller("caller" + (CALLERS - 1), "free")).isEmpty());
      assertThat(engine.health().droppedAlerts()).isZero();
      return nanos;
    }
  }

  private static long percentile(long[] nanos, int percent) {
    return Arrays.stream(nanos)
        .sorted()
        .skip((long) nanos.length * percent / 100)
        .findFirst()
        .orElseThrow();
  }

  private static Tollgate engine(MemoryStore store, AlertDelivery delivery) {
    Limit day = Limit.of(Meter.REQUESTS, 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
    Policies policies =
        Policies.of(
            List.of(Tier.of("free", day)),
            List.of(Route.of("chat")),
            new PriceBook(Map.of("known", Price.of(1, 1))));
    return Tollgate.builder(policies, store).onAlert(delivery).build();
  }

  private static AlertDelivery delivery(String... addresses) {
    AlertSinkFactory.Options options =
        new AlertSinkFactory.Options(true, "", InstantSource.system());
    List<AlertSink> sinks =
        Arrays.stream(addresses)
            .map(address -> new HttpSinkFactory().open("webhook", address, options))
            .toList();
    return new AlertDelivery(sinks, new Random(SEED));
  }

  /** An address that nobody listens at. */
  private static String refusing() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + server.getLocalPort() + "/";
    }
  }

  /** The address of a server that accepts connections and says nothing. */
  private String hanging() throws IOException {
    ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    opened.add(server);
    return "http://127.0.0.1:" + server.getLocalPort() + "/";
  }

  private static Alert alert(int number) {
    return new Alert(Alert.Kind.ANOMALY, Instant.EPOCH, "caller" + number, "is abnormal", Map.of());
  }
}
