package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Decision.Admitted;
import dev.tollgate.Decision.Refused;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the engine does while its store does not answer, and when it answers again. */
class StoreLossTest {

  private static final Caller ANN = new Caller("ann", "free");

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final CuttableStore store = new CuttableStore(new MemoryStore(100, clock));
  private final BlockingQueue<Alert> alerts = new LinkedBlockingQueue<>();
  private Tollgate tollgate;

  private void open(OnStoreFailure onFailure, int nodes) {
    Limit rate = Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), 20);
    Limit day = Limit.of(Meter.TOKENS, 1000, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
    Policies policies =
        Policies.of(
            List.of(Tier.of("free", rate, day)),
            List.of(Route.of("chat")),
            new PriceBook(Map.of("m", Price.FREE)));
    tollgate =
        Tollgate.builder(policies, store)
            .clock(clock)
            .onStoreFailure(onFailure, nodes)
            .onAlert(alerts::add)
            .build();
  }

  @AfterEach
  void close() {
    tollgate.close();
  }

  @Test
  void localKeepsThisNodesShareOfTheLimits() {
    store.cut = true;
    open(OnStoreFailure.LOCAL, 2);
    assertThat(tollgate.health().degraded()).isTrue();
    assertThat(admitted(30)).isEqualTo(10);
    assertThat(store.asked).as("calls do not wait for a store that is lost").isLessThan(5);
  }

  @Test
  void openLetsEverythingIn() {
    store.cut = true;
    open(OnStoreFailure.OPEN, 1);
    assertThat(admitted(30)).isEqualTo(30);
  }

  @Test
  void closedRefusesWithATimeToComeBack() {
    store.cut = true;
    open(OnStoreFailure.CLOSED, 1);
    Refused refused = (Refused) tollgate.reserve(Call.of(ANN, "chat"));
    assertThat(refused.refusal()).isInstanceOf(Decision.Refusal.StoreUnavailable.class);
    assertThat(refused.refusal().retryAfter()).contains(Duration.ofSeconds(1));
  }

  @Test
  void settlementsOfTheOutageAreToldAgainOnceTheStoreIsBack() throws Exception {
    open(OnStoreFailure.LOCAL, 1);
    Reservation reservation =
        tollgate.reserve(Call.of(ANN, "chat").model("m").estimate(100, 100)).orThrow();
    store.cut = true;
    reservation.settle(Usage.of(300, 50));
    assertThat(tollgate.health().journalledSettlements()).isEqualTo(1);
    await(Alert.Kind.STORE_DEGRADED);
    store.cut = false;
    await(Alert.Kind.STORE_RECOVERED);
    assertThat(tollgate.health()).isEqualTo(new Health(false, 0, 0, 0));
    assertThat(tollgate.limits(ANN, "chat").get(1).used()).isEqualTo(350);
  }

  @Test
  void alertsOfSettlementsThatAreToldAgainAreTold() throws Exception {
    open(OnStoreFailure.LOCAL, 1);
    Reservation reservation =
        tollgate.reserve(Call.of(ANN, "chat").model("m").estimate(100, 100)).orThrow();
    store.cut = true;
    reservation.settle(Usage.of(900, 300));
    store.cut = false;
    await(Alert.Kind.QUOTA_REACHED);
  }

  @ParameterizedTest
  @EnumSource(
      value = OnStoreFailure.class,
      names = {"LOCAL", "OPEN"})
  void whatWasLetInWithoutTheStoreIsToldToItOnce(OnStoreFailure onFailure) throws Exception {
    store.cut = true;
    open(onFailure, 2);
    Call call = Call.of(ANN, "chat").model("m").estimate(40, 40);
    Reservation early = tollgate.reserve(call).orThrow();
    Reservation late = tollgate.reserve(call).orThrow();
    Reservation cancelled = tollgate.reserve(call).orThrow();
    early.settle(Usage.of(30, 5));
    cancelled.cancel();
    tollgate.reserve(Call.of(ANN, "chat")).orThrow();
    store.cut = false;
    await(Alert.Kind.STORE_RECOVERED);
    late.settle(Usage.of(20, 2));
    awaitEmptyJournal();
    assertThat(tollgate.limits(ANN, "chat").get(1).used()).isEqualTo(57);
    assertThat(tollgate.limits(ANN, "chat").get(1).held()).isZero();
    assertThat(tollgate.calls(ANN).stream().map(CallRecord::id))
        .containsExactlyInAnyOrder(early.id(), late.id());
  }

  @Test
  void callWhoseReservationWasMadeButNotAnsweredIsChargedOnce() throws Exception {
    open(OnStoreFailure.LOCAL, 1);
    store.mute = true;
    Call call = Call.of(ANN, "chat").model("m").estimate(100, 100);
    Reservation reservation = tollgate.reserve(call).orThrow();
    store.mute = false;
    reservation.settle(Usage.of(30, 5));
    awaitEmptyJournal();
    assertThat(tollgate.limits(ANN, "chat").get(1).used()).isEqualTo(35);
    assertThat(tollgate.limits(ANN, "chat").get(1).held()).isZero();
  }

  @Test
  void refusedCallLeavesNoHoldInAStoreWhoseAnswerWasLost() throws Exception {
    open(OnStoreFailure.CLOSED, 1);
    store.mute = true;
    Call call = Call.of(ANN, "chat").model("m").estimate(100, 100);
    assertThat(tollgate.reserve(call)).isInstanceOf(Refused.class);
    store.mute = false;
    awaitEmptyJournal();
    assertThat(tollgate.limits(ANN, "chat").get(1).held()).isZero();
  }

  private void awaitEmptyJournal() throws InterruptedException {
    for (int i = 0; i < 1000 && tollgate.health().journalledSettlements() > 0; i++) {
      Thread.sleep(10);
    }
    assertThat(tollgate.health()).isEqualTo(new Health(false, 0, 0, 0));
  }

  private void await(Alert.Kind kind) throws InterruptedException {
    Alert next = alerts.poll(5, TimeUnit.SECONDS);
    while (next != null && next.kind() != kind) {
      next = alerts.poll(5, TimeUnit.SECONDS);
    }
    assertThat(next).as("alert " + kind).isNotNull();
  }

  private long admitted(int calls) {
    int admitted = 0;
    for (int i = 0; i < calls; i++) {
      admitted += tollgate.reserve(Call.of(ANN, "chat")) instanceof Admitted ? 1 : 0;
    }
    return admitted;
  }
}
