package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What several engines on one store notice together. */
class AlertClaimsTest {

  private static final Caller ANN = new Caller("ann", "free");

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final MemoryStore shared = new MemoryStore(100, clock);
  private final List<Alert> told = new CopyOnWriteArrayList<>();
  private final List<ScheduledThreadPoolExecutor> backgrounds = new CopyOnWriteArrayList<>();
  private final List<Tollgate> engines =
      IntStream.range(0, 4).mapToObj(i -> engine(new CuttableStore(shared))).toList();

  private Tollgate engine(Store store) {
    Limit day = Limit.of(Meter.REQUESTS, 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
    Policies policies =
        Policies.of(
            List.of(Tier.of("free", day)),
            List.of(Route.of("chat")),
            new PriceBook(Map.of("known", Price.of(1, 1))));
    ScheduledThreadPoolExecutor background = new ScheduledThreadPoolExecutor(1);
    backgrounds.add(background);
    return Tollgate.builder(policies, store)
        .clock(clock)
        .background(background)
        .onAlert(told::add)
        .build();
  }

  @AfterEach
  void close() {
    engines.forEach(Tollgate::close);
  }

  @Test
  void aModelWithoutAPriceIsToldOnceByAllProcesses() throws Exception {
    engines.forEach(engine -> engine.reserve(Call.of(ANN, "chat").model("new").estimate(1, 1)));
    settle();

    assertThat(told)
        .singleElement()
        .satisfies(alert -> assertThat(alert.kind()).isEqualTo(Alert.Kind.UNPRICED_MODEL));
  }

  @Test
  void aRungOfAQuotaIsToldOnceByAllProcesses() throws Exception {
    for (int i = 0; i < 8; i++) {
      engines.get(i % 4).reserve(Call.of(ANN, "chat"));
    }
    settle();

    assertThat(told).singleElement().extracting(Alert::kind).isEqualTo(Alert.Kind.QUOTA_REACHED);
  }

  @Test
  void theSameCauseOfTheNextDayIsToldAgain() throws Exception {
    AlertClaims claims = claims(shared);

    assertThat(claims.isMine(drift("openai"))).isTrue();
    clock.advance(Duration.ofHours(19));
    assertThat(claims.isMine(drift("openai"))).isFalse();
    assertThat(claims.isMine(drift("anthropic"))).isTrue();
    clock.advance(Duration.ofHours(1));
    assertThat(claims.isMine(drift("openai"))).isTrue();
  }

  @Test
  void aStoreThatDoesNotAnswerLetsEveryProcessTell() {
    CuttableStore store = new CuttableStore(shared);
    store.cut = true;

    assertThat(claims(store).isMine(drift("openai"))).isTrue();
    assertThat(claims(store).isMine(drift("openai"))).isTrue();
  }

  @Test
  void aCauseThatIsNoticedOverAndOverAsksTheStoreOnce() {
    CuttableStore store = new CuttableStore(shared);
    AlertClaims claims = claims(store);
    for (int i = 0; i < 100; i++) {
      claims.isMine(drift("openai"));
    }

    assertThat(store.asked).isEqualTo(1);
  }

  @Test
  void alertsThatTellTheSameHaveOneId() {
    Alert morning = drift("openai");
    clock.advance(Duration.ofHours(2));

    assertThat(drift("openai").id()).isEqualTo(morning.id()).matches("[0-9a-f]{32}");
    assertThat(drift("anthropic").id()).isNotEqualTo(morning.id());
    clock.advance(Duration.ofDays(1));
    assertThat(drift("openai").id()).isNotEqualTo(morning.id());
  }

  @Test
  void aCallerSeesTheAlertsThatAllProcessesTold() throws Exception {
    for (int i = 0; i < 10; i++) {
      clock.advance(Duration.ofSeconds(1));
      engines.get(i % 4).reserve(Call.of(ANN, "chat"));
      settle();
    }

    List<Alert> shown = engines.get(3).alerts(ANN);
    assertThat(shown)
        .extracting(Alert::message)
        .containsExactly("100 % of requests-per-day is used", "80 % of requests-per-day is used");
    assertThat(shown).containsExactlyInAnyOrderElementsOf(told);
    assertThat(engines.get(3).alerts(new Caller("bob", "free"))).isEmpty();
    assertThat(engines.get(3).alerts()).containsExactlyElementsOf(shown);
  }

  @Test
  void aCallerSeesTheLatestTwentyAlerts() {
    AlertJournal alerts = new AlertJournal(guard(shared), new ReservationIds());
    for (int i = 0; i < 25; i++) {
      alerts.add(anomaly("ann", "number " + i));
    }

    assertThat(alerts.of(ANN)).hasSize(20).first().isEqualTo(anomaly("ann", "number 24"));
  }

  @Test
  void otherAlertsDoNotCrowdOutThoseOfAbnormalCallers() {
    AlertJournal alerts = new AlertJournal(guard(shared), new ReservationIds());
    alerts.add(anomaly("ann", "floods"));
    for (int i = 0; i < 60; i++) {
      alerts.add(drift("openai"));
    }

    assertThat(alerts.latest()).doesNotContain(anomaly("ann", "floods"));
    assertThat(alerts.latest(Alert.Kind.ANOMALY)).containsExactly(anomaly("ann", "floods"));
  }

  @Test
  void anAlertWithHostileTextStaysOneRow() {
    AlertJournal alerts = new AlertJournal(guard(shared), new ReservationIds());
    alerts.add(anomaly("ann", "a\tb\nc " + "x".repeat(2000)));
    alerts.add(anomaly("ann", "after"));

    assertThat(alerts.of(ANN)).hasSize(2);
    assertThat(alerts.of(ANN).get(1).message()).startsWith("a b c xxx");
  }

  private Alert anomaly(String caller, String message) {
    return new Alert(
        Alert.Kind.ANOMALY, clock.instant(), caller, message, Map.of("window", "10 minutes"));
  }

  private Alert drift(String provider) {
    return new Alert(Alert.Kind.BILL_DRIFT, clock.instant(), provider, "differs", Map.of());
  }

  private static AlertClaims claims(Store store) {
    return new AlertClaims(guard(store), new ReservationIds());
  }

  private static StoreGuard guard(Store store) {
    return new StoreGuard(store, Optional.empty());
  }

  /** Waits until every engine has told what it noticed. */
  private void settle() throws Exception {
    for (ScheduledThreadPoolExecutor background : backgrounds) {
      background.submit(() -> {}).get(10, TimeUnit.SECONDS);
    }
  }
}
