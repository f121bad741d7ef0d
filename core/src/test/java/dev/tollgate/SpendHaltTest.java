package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Analytics.Dimension;
import dev.tollgate.Decision.Admitted;
import dev.tollgate.Decision.Refusal.SpendHalted;
import dev.tollgate.Decision.Refused;
import dev.tollgate.Decision.Shadowed;
import dev.tollgate.SpendScope.Kind;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.HandScheduler;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What callers, operators and background jobs see of the breakers. */
class SpendHaltTest {

  /** 1 USD for a million tokens in. */
  private static final PriceBook PRICES = new PriceBook(Map.of("m", Price.of(1_000_000_000, 0)));

  /** A month of 1000 tokens a minute. */
  private static final long MONTHLY = 43_200L * 1000 * 1000;

  private static final SpendScope FREE = new SpendScope(Kind.TIER, "free");
  private static final SpendScope VITAL = new SpendScope(Kind.ROUTE, "vital");
  private static final Caller ANN = new Caller("ann", "free");
  private static final Caller BOB = new Caller("bob", "pro");
  private static final int STEP_SECONDS = 5;

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final Store store = new MemoryStore(1000, clock);
  private final List<Alert> alerts = new ArrayList<>();
  private final List<HandScheduler> schedulers = new ArrayList<>();
  private final List<Tollgate> engines = new ArrayList<>();

  private Tollgate open(Map<SpendScope, Long> expectedMonthly) {
    HandScheduler scheduler = new HandScheduler(clock);
    schedulers.add(scheduler);
    Tollgate tollgate =
        Tollgate.builder(policies(expectedMonthly), store)
            .clock(clock)
            .background(scheduler)
            .onAlert(alerts::add)
            .build();
    engines.add(tollgate);
    return tollgate;
  }

  private static Policies policies(Map<SpendScope, Long> expectedMonthly) {
    Limit day =
        Limit.of(Meter.REQUESTS, 1_000_000, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC));
    Route vital = new Route("vital", Criticality.ESSENTIAL, List.of());
    return Policies.of(
            List.of(Tier.of("free", day), Tier.of("pro", day)),
            List.of(Route.of("chat"), vital),
            PRICES)
        .with(
            new Spending(
                List.of(), new BreakerPolicy(300, 10, false, expectedMonthly), AnomalyPolicy.OFF));
  }

  @AfterEach
  void close() {
    engines.forEach(Tollgate::close);
  }

  private static Call chat(Caller caller, long tokens) {
    return Call.of(caller, "chat").model("m").estimate(tokens, 0);
  }

  /** Each of some seconds the engines in turn are asked for a call. */
  private int go(Duration time, Call call) {
    int letIn = 0;
    long steps = time.toSeconds() / STEP_SECONDS;
    for (int i = 0; i < steps; i++) {
      Tollgate tollgate = engines.get(i % engines.size());
      Decision decision = tollgate.reserve(call);
      if (!(decision instanceof Refused)) {
        decision.orThrow().settle(Usage.of(call.estimate().inputTokens(), 0));
        letIn++;
      }
      rest(Duration.ofSeconds(STEP_SECONDS));
    }
    return letIn;
  }

  private void rest(Duration time) {
    for (long s = 0; s < time.toSeconds(); s += STEP_SECONDS) {
      clock.advance(Duration.ofSeconds(STEP_SECONDS));
      schedulers.forEach(HandScheduler::run);
    }
  }

  private static BreakerState state(Tollgate tollgate, SpendScope scope) {
    return tollgate.breakers().stream()
        .filter(status -> status.scope().equals(scope))
        .findFirst()
        .orElseThrow()
        .state();
  }

  @Test
  void surgeHaltsOptionalCallsAndLetsEssentialOnesOn() {
    Tollgate tollgate = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    go(Duration.ofMinutes(30), chat(ANN, 80));
    assertThat(alerts).isEmpty();
    Instant surge = clock.instant();
    Call abuse = chat(ANN, 800);
    go(Duration.ofMinutes(20), abuse);

    assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.BREAKER_OPENED);
    assertThat(alerts.get(0).subject()).isEqualTo("application");
    assertThat(Duration.between(surge, alerts.get(0).at()))
        .isBetween(Duration.ofMinutes(11), Duration.ofMinutes(15));
    Refused refused = (Refused) tollgate.reserve(abuse);
    SpendHalted halted = (SpendHalted) refused.refusal();
    assertThat(halted.scope()).isEqualTo(SpendScope.APPLICATION);
    assertThat(halted.pause()).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(6));
    assertThat(tollgate.check(abuse)).isInstanceOf(Refused.class);
    assertThat(tollgate.limits(ANN, "chat")).as("callers still see their limits").hasSize(1);
    assertThat(tollgate.reserve(abuse.criticality(Criticality.BACKGROUND)))
        .isInstanceOf(Refused.class);
    assertThat(tollgate.reserve(abuse.criticality(Criticality.ESSENTIAL)))
        .isInstanceOf(Admitted.class);
    assertThat(tollgate.reserve(Call.of(ANN, "vital").model("m").estimate(800, 0)))
        .isInstanceOf(Admitted.class);
    assertThat(tollgate.reserve(Call.of(ANN, "chat")))
        .as("a request that is counted only costs nothing")
        .isInstanceOf(Admitted.class);
    BreakerStatus status = tollgate.breakers().get(0);
    assertThat(status.normal()).isBetween(1_000_000L, 1_100_000L);
    assertThat(status.demand()).as("what is refused counts").isBetween(9_000_000L, 10_000_000L);
  }

  @Test
  void alertOfAChangeThatClosingMakesIsTold() {
    Tollgate tollgate = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    go(Duration.ofMinutes(12), chat(ANN, 800));
    assertThat(alerts).isEmpty();
    clock.advance(Duration.ofSeconds(10));
    tollgate.close();
    assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.BREAKER_OPENED);
  }

  @Test
  void alertTellsTheStoresTimeWhateverHappensToAProcesssClock() {
    HandClock own = new HandClock(clock.instant());
    HandScheduler scheduler = new HandScheduler(clock);
    Tollgate tollgate =
        Tollgate.builder(policies(Map.of(SpendScope.APPLICATION, MONTHLY)), store)
            .clock(own)
            .background(scheduler)
            .onAlert(alerts::add)
            .build();
    engines.add(tollgate);
    own.set(clock.instant().plus(Duration.ofHours(4)));
    tollgate.control(SpendScope.APPLICATION, BreakerControl.OPEN);
    scheduler.run();
    assertThat(alerts).extracting(Alert::at).containsExactly(clock.instant());
  }

  @Test
  void processThatDoesNotHearTheStoresTimeClosesNoMinutesByItsOwnClock() throws StoreException {
    Tollgate other = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    HandClock ahead = new HandClock(clock.instant().plus(Duration.ofHours(4)));
    Store deaf =
        (Store)
            Proxy.newProxyInstance(
                Store.class.getClassLoader(),
                new Class<?>[] {Store.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("read")) {
                    throw new StoreException("the answer is lost");
                  }
                  return method.invoke(store, arguments);
                });
    HandScheduler scheduler = new HandScheduler(clock);
    schedulers.add(scheduler);
    engines.add(
        Tollgate.builder(policies(Map.of(SpendScope.APPLICATION, MONTHLY)), deaf)
            .clock(ahead)
            .background(scheduler)
            .build());
    rest(Duration.ofMinutes(1));
    String text = store.document(SpendSharing.DOCUMENT).text();
    long inTwoMinutes = clock.millis() * 1000 + 2 * SharedSpend.MINUTE_MICROS;
    assertThat(SharedSpend.read(text).orElseThrow().isDue(inTwoMinutes)).isTrue();
    assertThat(state(other, SpendScope.APPLICATION)).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void refusedCallsAreNotCharged() {
    Tollgate tollgate = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    tollgate.control(SpendScope.APPLICATION, BreakerControl.OPEN);
    go(Duration.ofMinutes(1), chat(ANN, 800));
    assertThat(tollgate.limits(ANN, "chat").get(0).used()).isZero();
    assertThat(tollgate.calls(ANN)).isEmpty();
  }

  @Test
  void oneInTenGoesOnWhileHalfOpenAndAllAfterwards() {
    Tollgate tollgate = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    List<String> heard = new ArrayList<>();
    tollgate.onResume(Criticality.OPTIONAL, () -> heard.add("optional"));
    tollgate.onResume(Criticality.BACKGROUND, () -> heard.add("background"));
    go(Duration.ofMinutes(13), chat(ANN, 800));
    assertThat(tollgate.paused(Criticality.OPTIONAL)).isTrue();
    assertThat(tollgate.paused(Criticality.BACKGROUND)).isTrue();
    assertThat(tollgate.paused(Criticality.ESSENTIAL)).isFalse();

    SpendHalted halted = (SpendHalted) ((Refused) tollgate.reserve(chat(ANN, 1))).refusal();
    rest(halted.pause().plusSeconds(STEP_SECONDS));
    assertThat(state(tollgate, SpendScope.APPLICATION)).isEqualTo(BreakerState.HALF_OPEN);
    assertThat(heard).containsExactly("optional");
    int letIn = 0;
    for (int i = 0; i < 1000; i++) {
      letIn += tollgate.reserve(chat(ANN, 1)) instanceof Admitted ? 1 : 0;
    }
    System.out.println("half open: " + letIn + " of 1000 calls go on");
    assertThat(letIn).isBetween(50, 150);

    halted = (SpendHalted) refusal(tollgate).refusal();
    rest(halted.pause().plusSeconds(STEP_SECONDS));
    assertThat(state(tollgate, SpendScope.APPLICATION)).isEqualTo(BreakerState.CLOSED);
    assertThat(heard).containsExactly("optional", "background");
    assertThat(tollgate.paused(Criticality.BACKGROUND)).isFalse();
    assertThat(alerts)
        .extracting(Alert::kind)
        .containsExactly(
            Alert.Kind.BREAKER_OPENED, Alert.Kind.BREAKER_HALF_OPENED, Alert.Kind.BREAKER_CLOSED);
  }

  private static Refused refusal(Tollgate tollgate) {
    while (true) {
      if (tollgate.reserve(chat(ANN, 1)) instanceof Refused refused) {
        return refused;
      }
    }
  }

  @Test
  void tierThatRunsAwayIsHaltedWithoutTheOthers() {
    Tollgate tollgate =
        open(Map.of(FREE, MONTHLY / 20, SpendScope.APPLICATION, MONTHLY, VITAL, MONTHLY));
    go(Duration.ofMinutes(60), chat(ANN, 160));
    assertThat(state(tollgate, FREE)).isEqualTo(BreakerState.OPEN);
    assertThat(state(tollgate, SpendScope.APPLICATION)).isEqualTo(BreakerState.CLOSED);
    assertThat(tollgate.reserve(chat(BOB, 160))).isInstanceOf(Admitted.class);
    go(Duration.ofMinutes(60), chat(ANN, 1600));
    assertThat(state(tollgate, SpendScope.APPLICATION))
        .as("what the tier's breaker refuses is no reason to halt the application")
        .isEqualTo(BreakerState.CLOSED);
    assertThat(tollgate.breakers())
        .extracting(BreakerStatus::scope)
        .containsExactly(SpendScope.APPLICATION, FREE, VITAL);
  }

  @Test
  void providerNeedsNoHardLimitToBeWatched() {
    SpendScope openai = new SpendScope(Kind.PROVIDER, "openai");
    Tollgate tollgate = open(Map.of(openai, MONTHLY));
    useProviders(tollgate, new Provider("openai", Set.of(), List.of("m*")));
    go(Duration.ofMinutes(13), chat(ANN, 800));
    assertThat(state(tollgate, openai)).isEqualTo(BreakerState.OPEN);
    assertThat(tollgate.budgets()).isEmpty();
  }

  @Test
  void hardLimitAndBreakerOfOneProviderDoNotHearOfAnothersCalls() throws Exception {
    SpendScope openai = new SpendScope(Kind.PROVIDER, "openai");
    SpendScope anthropic = new SpendScope(Kind.PROVIDER, "anthropic");
    Limit month =
        Limit.of(
            Meter.COST, 1_000_000_000_000L, new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC));
    Tollgate tollgate = open(Map.of(openai, MONTHLY, anthropic, MONTHLY));
    useProviders(
        tollgate,
        new Provider("openai", Set.of(), List.of("gpt-*")).hardLimit(month, 0, 1_000_000_000L),
        new Provider("anthropic", Set.of("chat"), List.of()));
    go(Duration.ofMinutes(13), chat(ANN, 800));
    assertThat(state(tollgate, anthropic)).isEqualTo(BreakerState.OPEN);
    assertThat(state(tollgate, openai)).isEqualTo(BreakerState.CLOSED);
    assertThat(tollgate.budgets()).extracting(BudgetStatus::posted).containsExactly(0L);
    assertThat(tollgate.budgets()).extracting(BudgetStatus::leased).containsExactly(0L);
    Instant now = clock.instant();
    assertThat(
            tollgate
                .analytics()
                .spend(Dimension.PROVIDER, Resolution.DAY, now.minusSeconds(1), now, 10))
        .extracting(Analytics.Point::name)
        .containsExactly("anthropic");
  }

  private static void useProviders(Tollgate tollgate, Provider... providers) {
    Policies now = tollgate.policies();
    BreakerPolicy breaker = now.spending().breaker();
    tollgate.reload(now.with(new Spending(List.of(providers), breaker, AnomalyPolicy.OFF)));
  }

  @Test
  void shadowModeTellsWhatItWouldHaltAndHaltsNothing() {
    Tollgate tollgate = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    Policies active = tollgate.policies();
    tollgate.reload(
        new Policies(active.tiers(), active.routes(), active.prices(), true, active.spending()));
    int letIn = go(Duration.ofMinutes(20), chat(ANN, 800));
    assertThat(letIn).isEqualTo(20 * 60 / STEP_SECONDS);
    assertThat(state(tollgate, SpendScope.APPLICATION)).isEqualTo(BreakerState.OPEN);
    Shadowed shadowed = (Shadowed) tollgate.reserve(chat(ANN, 800));
    assertThat(((Refused) shadowed.wouldBe()).refusal()).isInstanceOf(SpendHalted.class);
    assertThat(tollgate.limits(ANN, "chat").get(0).used())
        .as("what goes on is counted")
        .isEqualTo(letIn);
    assertThat(tollgate.paused(Criticality.OPTIONAL)).isFalse();
    assertThat(alerts.get(0).details()).containsEntry("shadow", "true");
  }

  @Test
  void operatorsOrderEndsByItselfInAllProcessesAndIsToldOnce() {
    Tollgate one = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    Tollgate two = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    one.control(SpendScope.APPLICATION, BreakerControl.CLOSED, Duration.ofMinutes(90));
    rest(Duration.ofSeconds(10));
    Instant end = clock.instant().plus(Duration.ofMinutes(90)).truncatedTo(ChronoUnit.MINUTES);
    assertThat(two.breakers().get(0).controlEnds()).contains(end);
    rest(Duration.ofMinutes(90).plusSeconds(20));
    for (Tollgate engine : List.of(one, two)) {
      assertThat(engine.breakers().get(0).control()).isEqualTo(BreakerControl.AUTOMATIC);
      assertThat(engine.breakers().get(0).controlEnds()).isEmpty();
    }
    assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.BREAKER_CLOSED);
    assertThat(alerts.get(0).message())
        .isEqualTo(
            "an operator's order, CLOSED, has ended: the breaker of application goes by the speed"
                + " of spending again, and is CLOSED");
    go(Duration.ofMinutes(13), chat(ANN, 800));
    assertThat(state(one, SpendScope.APPLICATION)).isEqualTo(BreakerState.OPEN);
  }

  @Test
  void operatorsOrderLastsADayUnlessSomethingElseIsSaid() {
    Tollgate tollgate = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    tollgate.control(SpendScope.APPLICATION, BreakerControl.OPEN);
    rest(Duration.ofSeconds(5));
    assertThat(tollgate.breakers().get(0).controlEnds())
        .contains(Instant.parse("2026-03-11T12:00:00Z"));
    assertThat(alerts)
        .extracting(Alert::message)
        .containsExactly(
            "an operator has set the breaker of application to OPEN until 2026-03-11T12:00:00Z");
    for (Duration time : List.of(Duration.ZERO, Duration.ofDays(31))) {
      assertThatThrownBy(() -> tollgate.control(SpendScope.APPLICATION, BreakerControl.OPEN, time))
          .hasMessage("an order for " + time + ": choose PT1M to PT720H");
    }
  }

  @Test
  void operatorsOrderReachesAllProcessesAndIsToldOnce() {
    Tollgate one = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    Tollgate two = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    one.control(SpendScope.APPLICATION, BreakerControl.OPEN);
    assertThat(one.reserve(chat(ANN, 1))).isInstanceOf(Refused.class);
    rest(SpendBreakers.PERIOD);
    assertThat(two.reserve(chat(ANN, 1))).isInstanceOf(Refused.class);
    assertThat(two.breakers().get(0).control()).isEqualTo(BreakerControl.OPEN);
    rest(Duration.ofHours(1));
    assertThat(two.reserve(chat(ANN, 1))).isInstanceOf(Refused.class);
    two.control(SpendScope.APPLICATION, BreakerControl.CLOSED);
    rest(SpendBreakers.PERIOD);
    assertThat(one.reserve(chat(ANN, 1))).isInstanceOf(Admitted.class);
    assertThat(alerts)
        .extracting(Alert::kind)
        .containsExactly(Alert.Kind.BREAKER_OPENED, Alert.Kind.BREAKER_CLOSED);
    assertThatThrownBy(() -> one.control(FREE, BreakerControl.OPEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tier free is not watched: watched are [application]");
  }

  /** No process alone spends three times what is normal. */
  @Test
  void processesReachOneVerdictTogetherAndOneAlertTellsOfIt() {
    for (int i = 0; i < 4; i++) {
      open(Map.of(SpendScope.APPLICATION, MONTHLY));
    }
    Instant surge = clock.instant();
    go(Duration.ofMinutes(20), chat(ANN, 600));
    assertThat(engines)
        .allMatch(engine -> state(engine, SpendScope.APPLICATION) == BreakerState.OPEN);
    assertThat(engines.stream().map(Tollgate::breakers).distinct()).hasSize(1);
    assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.BREAKER_OPENED);
    System.out.println("4 processes: halted after " + Duration.between(surge, alerts.get(0).at()));
    rest(Duration.ofMinutes(30));
    assertThat(engines)
        .allMatch(engine -> state(engine, SpendScope.APPLICATION) == BreakerState.CLOSED);
    assertThat(alerts).hasSize(3);
  }

  @Test
  void processThatStartsKnowsTheVerdictBeforeItsFirstCall() {
    open(Map.of(SpendScope.APPLICATION, MONTHLY))
        .control(SpendScope.APPLICATION, BreakerControl.OPEN);
    Tollgate late = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    assertThat(late.reserve(chat(ANN, 1))).isInstanceOf(Refused.class);
  }

  @Test
  void reloadKeepsWhatScopesHaveLearntAndWatchesNewOnes() {
    Tollgate tollgate = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    go(Duration.ofMinutes(13), chat(ANN, 800));
    tollgate.reload(policies(Map.of(SpendScope.APPLICATION, MONTHLY, FREE, MONTHLY)));
    assertThat(state(tollgate, SpendScope.APPLICATION)).isEqualTo(BreakerState.OPEN);
    assertThat(state(tollgate, FREE)).isEqualTo(BreakerState.CLOSED);
    tollgate.reload(policies(Map.of()));
    assertThat(tollgate.breakers()).isEmpty();
    assertThat(tollgate.reserve(chat(ANN, 800))).isInstanceOf(Admitted.class);
  }

  @Test
  void jobsGoOnWhenNothingIsWatchedAnyMoreAndWhenNothingIsRefused() {
    Tollgate tollgate = open(Map.of(SpendScope.APPLICATION, MONTHLY));
    List<String> heard = new ArrayList<>();
    tollgate.onResume(Criticality.BACKGROUND, () -> heard.add("background"));
    Policies watched = tollgate.policies();
    tollgate.control(SpendScope.APPLICATION, BreakerControl.OPEN);
    tollgate.reload(
        new Policies(
            watched.tiers(), watched.routes(), watched.prices(), true, watched.spending()));
    rest(SpendBreakers.PERIOD);
    assertThat(heard).hasSize(1);
    tollgate.reload(watched);
    assertThat(tollgate.paused(Criticality.BACKGROUND)).isTrue();
    tollgate.reload(policies(Map.of()));
    assertThat(tollgate.paused(Criticality.BACKGROUND)).isFalse();
    rest(SpendBreakers.PERIOD);
    assertThat(heard).hasSize(2);
  }
}
