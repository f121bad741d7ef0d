package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.Alert;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.Window;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Engines that share one Redis tell what all of them notice once. */
class AlertsTest {

  private static final int ENGINES = 4;

  private final Caller caller = new Caller("alerted-" + UUID.randomUUID(), "free");
  private final List<ScheduledThreadPoolExecutor> backgrounds = new ArrayList<>();
  private final List<Tollgate> engines = new ArrayList<>();
  private final List<Alert> told = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() {
    Limit day = Limit.of(Meter.REQUESTS, 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
    Policies policies =
        Policies.of(
            List.of(Tier.of("free", day)),
            List.of(Route.of("chat")),
            new PriceBook(Map.of("known", Price.of(1, 1))));
    for (int i = 0; i < ENGINES; i++) {
      ScheduledThreadPoolExecutor background = new ScheduledThreadPoolExecutor(1);
      backgrounds.add(background);
      engines.add(
          Tollgate.builder(policies, Stores.open())
              .background(background)
              .onAlert(told::add)
              .build());
    }
  }

  @AfterEach
  void close() {
    engines.forEach(Tollgate::close);
  }

  @Test
  void theSameCauseSeenByAllIsToldOnce() throws Exception {
    String model = "model-" + UUID.randomUUID();
    for (int i = 0; i < 10; i++) {
      engines
          .get(i % ENGINES)
          .reserve(Call.of(caller, "chat").model(model).estimate(1, 1))
          .orThrow()
          .settle(Usage.of(-5, 1));
    }
    for (ScheduledThreadPoolExecutor background : backgrounds) {
      background.submit(() -> {}).get(20, TimeUnit.SECONDS);
    }

    assertThat(told)
        .extracting(Alert::kind)
        .containsExactlyInAnyOrder(
            Alert.Kind.UNPRICED_MODEL,
            Alert.Kind.IMPLAUSIBLE_USAGE,
            Alert.Kind.QUOTA_REACHED,
            Alert.Kind.QUOTA_REACHED);
    for (Tollgate engine : engines) {
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(engine.alerts(caller))
                      .extracting(Alert::message)
                      .containsExactlyInAnyOrder(
                          "80 % of requests-per-day is used", "100 % of requests-per-day is used"));
    }
  }
}
