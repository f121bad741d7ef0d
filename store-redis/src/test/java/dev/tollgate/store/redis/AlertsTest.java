package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.tollgate.Alert;
import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Provider;
import dev.tollgate.Reservation;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.Window;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.assertj.core.groups.Tuple;
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

  private static final long DOLLAR = 1_000_000_000L;

  private final String spent = "spent-" + UUID.randomUUID();
  private final String refused = "refused-" + UUID.randomUUID();

  private static Provider limited(String provider, String models) {
    Limit limit =
        Limit.of(Meter.COST, 10 * DOLLAR, new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC));
    return new Provider(provider, Set.of(), List.of(models)).hardLimit(limit, 0, DOLLAR / 10);
  }

  @BeforeEach
  void open() {
    Spending spending =
        new Spending(
            List.of(limited(spent, "known"), limited(refused, "other")),
            BreakerPolicy.OFF,
            new AnomalyPolicy(AnomalyPolicy.Action.ALERT, Map.of("wide", 1L, "free", 1000L)));
    Limit day = Limit.of(Meter.REQUESTS, 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
    Policies policies =
        Policies.of(
                List.of(Tier.of("free", day), Tier.of("wide")),
                List.of(Route.of("chat")),
                new PriceBook(
                    Map.of("known", Price.of(DOLLAR, DOLLAR), "other", Price.of(DOLLAR, DOLLAR))))
            .with(spending);
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

  /** Lets every engine tell what it has to tell. */
  private void settle() throws Exception {
    for (ScheduledThreadPoolExecutor background : backgrounds) {
      background.submit(() -> {}).get(20, TimeUnit.SECONDS);
    }
  }

  /** Kinds and subjects: these, and none of them again; budgets are reviewed at any time. */
  private void assertTold(Tuple... alerts) throws Exception {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(causes()).hasSizeGreaterThanOrEqualTo(alerts.length));
    settle();
    assertThat(causes()).containsExactlyInAnyOrder(alerts);
  }

  private List<Tuple> causes() {
    return told.stream()
        .filter(alert -> alert.kind() != Alert.Kind.LIMITS_REVIEW)
        .map(alert -> tuple(alert.kind(), alert.subject()))
        .toList();
  }

  /** Of ten dollars each of 40 calls takes a quarter; 30 calls in ten minutes are a surge. */
  @Test
  void whatIsCrossedInTheStoreIsToldOnce() throws Exception {
    Caller bot = new Caller("bot-" + UUID.randomUUID(), "wide");
    for (int i = 0; i < 40; i++) {
      engines
          .get(i % ENGINES)
          .reserve(Call.of(bot, "chat").model("known").estimate(250_000, 0))
          .orThrow()
          .settle(Usage.of(250_000, 0));
    }

    assertTold(
        tuple(Alert.Kind.ANOMALY, bot.id()),
        tuple(Alert.Kind.BUDGET_REACHED, spent),
        tuple(Alert.Kind.BUDGET_REACHED, spent),
        tuple(Alert.Kind.BUDGET_REACHED, spent));
  }

  @Test
  void whatAProviderTellsAllIsToldOnce() throws Exception {
    List<Reservation> calls = new ArrayList<>();
    for (Tollgate engine : engines) {
      Call call = Call.of(caller, "chat").model("other").estimate(1, 1);
      calls.add(engine.reserve(call).orThrow());
    }
    for (Reservation call : calls) {
      call.providerLimitReached("insufficient_quota", Optional.empty());
      call.cancel();
    }

    assertTold(tuple(Alert.Kind.PROVIDER_LIMIT_REACHED, refused));
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
    settle();

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
