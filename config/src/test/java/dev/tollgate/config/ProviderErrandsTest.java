package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.Alert;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.store.MemoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProviderErrandsTest {

  private static final Caller ANN = new Caller("ann", "free");

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<Alert> alerts = new CopyOnWriteArrayList<>();
  private HttpServer provider;
  private volatile int status = 200;
  private volatile Instant now = Instant.parse("2026-11-01T10:00:00Z");
  private final InstantSource clock = () -> now;
  private final MemoryStore store = new MemoryStore(100, clock);

  @BeforeEach
  void serve() throws IOException {
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext("/", this::answer);
    provider.start();
  }

  @AfterEach
  void stop() {
    provider.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] sent = exchange.getRequestBody().readAllBytes();
      requests.add(
          exchange.getRequestMethod()
              + " "
              + path
              + " "
              + new String(sent, StandardCharsets.UTF_8));
      byte[] body = answers.getOrDefault(path, "{}").getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Config config(String... more) {
    Configs.Changing source =
        Configs.source(
            "tollgate.tier.free.rate", "100/minute",
            "tollgate.route.chat.path", "/chat",
            "tollgate.price.m", "1 in, 1 out USD per 1M",
            "tollgate.provider.mine.hard-limit", "500 USD/month");
    for (int i = 0; i < more.length; i += 2) {
      source.set(
          "tollgate.provider.mine." + more[i],
          more[i + 1].replace("PORT", Integer.toString(provider.getAddress().getPort())));
    }
    return source.config();
  }

  private Config withBill() {
    return config("bill", "openai", "bill-key", "sk-admin", "bill-url", "http://127.0.0.1:PORT/v1");
  }

  private Config withLimit() {
    return config(
        "set-limit",
        "openai",
        "set-limit-key",
        "sk-admin",
        "set-limit-url",
        "http://127.0.0.1:PORT/v1");
  }

  private static SettingsReader.Reading read(Config config) {
    return Configs.reader().read(Snapshot.take(config));
  }

  private Tollgate engine(Config config) {
    return Tollgate.builder(read(config).settings().policies(), store)
        .clock(clock)
        .onAlert(this::keep)
        .build();
  }

  private void keep(Alert alert) {
    if (alert.kind() == Alert.Kind.BILL_DRIFT || alert.kind() == Alert.Kind.PROVIDER_LIMIT_SET) {
      alerts.add(alert);
    }
  }

  private ProviderErrands errands(Tollgate tollgate, Config config) {
    ProviderErrands errands = new ProviderErrands(tollgate, clock, new SplittableRandom(1));
    errands.use(read(config).providerApis());
    return errands;
  }

  /** A process that lives for calls of so many dollars at an instant. */
  private void spend(String at, int dollars) {
    now = Instant.parse(at);
    try (Tollgate tollgate = engine(config())) {
      for (int i = 0; i < dollars; i++) {
        Call call = Call.of(ANN, "chat").model("m").estimate(1_000_000, 0);
        tollgate.reserve(call).orThrow().settle(Usage.of(1_000_000, 0));
      }
    }
  }

  private void bill(String dollarsOnSecond) {
    answers.put(
        "/v1/organization/costs",
        """
        {"object":"page","data":[{"object":"bucket","start_time":1793577600,"end_time":1793664000,\
        "results":[{"object":"organization.costs.result",\
        "amount":{"value":%s,"currency":"usd"}}]}],"has_more":false,"next_page":null}"""
            .formatted(dollarsOnSecond));
  }

  @Test
  void driftOfABillIsToldOncePerDay() {
    spend("2026-11-01T10:00:00Z", 1);
    spend("2026-11-02T10:00:00Z", 20);
    now = Instant.parse("2026-11-03T11:00:00Z");
    bill("23.5");
    try (Tollgate tollgate = engine(withBill());
        ProviderErrands errands = errands(tollgate, withBill())) {
      errands.run();
      assertThat(requests).as("the second may not be billed yet").isEmpty();

      now = Instant.parse("2026-11-03T12:30:00Z");
      errands.run();
      errands.run();

      assertThat(requests).containsExactly("GET /v1/organization/costs ");
      await().untilAsserted(() -> assertThat(alerts).hasSize(1));
      assertThat(alerts.get(0).kind()).isEqualTo(Alert.Kind.BILL_DRIFT);
      assertThat(alerts.get(0).subject()).isEqualTo("mine");
      assertThat(alerts.get(0).details())
          .containsEntry("billedUsd", "23.50")
          .containsEntry("countedUsd", "20.00");

      now = Instant.parse("2026-11-04T12:30:00Z");
      errands.run();
      assertThat(requests).hasSize(2);
    }
  }

  @Test
  void billLikeWhatWasCountedAlarmsNobody() {
    spend("2026-11-01T10:00:00Z", 1);
    spend("2026-11-02T10:00:00Z", 20);
    now = Instant.parse("2026-11-03T12:30:00Z");
    bill("\"20.9\"");
    try (Tollgate tollgate = engine(withBill());
        ProviderErrands errands = errands(tollgate, withBill())) {
      errands.run();
    }
    assertThat(requests).hasSize(1);
    assertThat(alerts).isEmpty();
  }

  @Test
  void whatFailsIsTriedAgainTheNextTime() {
    spend("2026-11-01T10:00:00Z", 1);
    spend("2026-11-02T10:00:00Z", 20);
    now = Instant.parse("2026-11-03T12:30:00Z");
    bill("50");
    status = 429;
    try (Tollgate tollgate = engine(withBill());
        ProviderErrands errands = errands(tollgate, withBill())) {
      errands.run();
      assertThat(requests).as("asked once, not again and again").hasSize(1);
      status = 200;
      errands.run();
      await().untilAsserted(() -> assertThat(alerts).hasSize(1));
    }
  }

  /** No call was ever made through here, and processes come and go. */
  @Test
  void billOfAProviderThatNobodyCallsIsComparedAsWell() {
    bill("82000");
    for (String day : List.of("2026-11-01T10:00:00Z", "2026-11-02T13:00:00Z")) {
      now = Instant.parse(day);
      try (Tollgate tollgate = engine(withBill());
          ProviderErrands errands = errands(tollgate, withBill())) {
        errands.run();
      }
    }
    assertThat(requests).as("no whole day is over").isEmpty();

    now = Instant.parse("2026-11-03T12:30:00Z");
    try (Tollgate tollgate = engine(withBill());
        ProviderErrands errands = errands(tollgate, withBill())) {
      errands.run();
      await().untilAsserted(() -> assertThat(alerts).hasSize(1));
    }
    assertThat(alerts.get(0).details())
        .containsEntry("from", "2026-11-02")
        .containsEntry("billedUsd", "82000.00")
        .containsEntry("countedUsd", "0.00");
  }

  @Test
  void whatHasFailedForADayIsToldOnceUntilItSucceeds() {
    now = Instant.parse("2026-10-20T13:00:00Z");
    try (Tollgate tollgate = engine(withBill());
        ProviderErrands errands = errands(tollgate, withBill())) {
      errands.run();
    }
    now = Instant.parse("2026-11-03T13:00:00Z");
    status = 401;
    try (Tollgate tollgate = engine(withBill());
        ProviderErrands errands = errands(tollgate, withBill())) {
      for (int hour = 0; hour < 24; hour++) {
        errands.run();
        now = now.plus(Duration.ofHours(1));
      }
      assertThat(requests).hasSize(24);
      assertThat(alerts).isEmpty();

      for (int hour = 0; hour < 72; hour++) {
        errands.run();
        now = now.plus(Duration.ofHours(1));
      }
      await().untilAsserted(() -> assertThat(alerts).hasSize(1));
      assertThat(alerts.get(0).kind()).isEqualTo(Alert.Kind.BILL_DRIFT);
      assertThat(alerts.get(0).subject()).isEqualTo("mine");
      assertThat(alerts.get(0).message())
          .startsWith("the bill of mine has failed for a day, and is tried on: ")
          .contains("does not accept the key", "status 401")
          .doesNotContain("sk-admin");
      assertThat(alerts.get(0).details()).containsEntry("since", "2026-11-03T13:00:00Z");
    }
  }

  @Test
  void limitThatCannotBeSetForADayIsTold() {
    status = 403;
    try (Tollgate tollgate = engine(withLimit());
        ProviderErrands errands = errands(tollgate, withLimit())) {
      errands.run();
      now = now.plus(Duration.ofHours(23));
      errands.run();
      assertThat(alerts).isEmpty();
      now = now.plus(Duration.ofHours(1));
      errands.run();
      errands.run();
      await().untilAsserted(() -> assertThat(alerts).hasSize(1));
    }
    assertThat(alerts.get(0).kind()).isEqualTo(Alert.Kind.PROVIDER_LIMIT_SET);
    assertThat(alerts.get(0).message()).startsWith("the limit at mine has failed for a day");
  }

  @Test
  void limitAtTheProviderIsLoweredOnceAndTold() {
    answers.put(
        "/v1/organization/spend_limit",
        "{\"threshold_amount\":90000,\"currency\":\"USD\",\"interval\":\"month\"}");
    try (Tollgate tollgate = engine(withLimit());
        ProviderErrands errands = errands(tollgate, withLimit())) {
      errands.run();
      errands.run();

      assertThat(requests)
          .containsExactly(
              "GET /v1/organization/spend_limit ",
              "POST /v1/organization/spend_limit "
                  + "{\"threshold_amount\":50000,\"currency\":\"USD\",\"interval\":\"month\"}");
      await().untilAsserted(() -> assertThat(alerts).hasSize(1));
      assertThat(alerts.get(0).kind()).isEqualTo(Alert.Kind.PROVIDER_LIMIT_SET);
      assertThat(alerts.get(0).message())
          .isEqualTo("the limit at mine itself was lowered from 900.00 to 500.00 USD");
    }
  }

  @Test
  void itAsksSoonAtFirstThenAboutHourly() {
    try (Tollgate tollgate = engine(config());
        ProviderErrands errands = errands(tollgate, config())) {
      assertThat(errands.pause()).isLessThan(Duration.ofMinutes(2));
      for (int i = 0; i < 100; i++) {
        assertThat(errands.pause()).isBetween(Duration.ofMinutes(54), Duration.ofMinutes(66));
      }
    }
  }

  @Test
  void itsThreadEndsWithIt() {
    try (Tollgate tollgate = engine(withLimit())) {
      ProviderErrands errands = errands(tollgate, withLimit());
      assertThat(threads()).isEqualTo(1);
      errands.close();
      assertThat(threads()).isZero();
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("tollgate-providers"))
        .count();
  }
}
