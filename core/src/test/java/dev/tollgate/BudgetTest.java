package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Decision.Admitted;
import dev.tollgate.Decision.Refusal.BudgetExhausted;
import dev.tollgate.Decision.Refusal.BudgetInUse;
import dev.tollgate.Decision.Refusal.LimitExceeded;
import dev.tollgate.Decision.Refused;
import dev.tollgate.Decision.Restricted;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A provider's budget over several engines on one store, turned by hand. */
class BudgetTest {

  private static final Caller ANN = new Caller("ann", "free");
  private static final long DOLLAR = 1_000_000_000L;
  private static final Window.Calendar MONTH =
      new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC);

  /** One dollar for a million tokens. */
  private static final PriceBook PRICES =
      new PriceBook(Map.of("gpt", Price.of(DOLLAR, DOLLAR), "tiny", Price.of(DOLLAR, DOLLAR)));

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final MemoryStore store = new MemoryStore(100, clock);
  private final FaultyStore line = new FaultyStore(store, new Random(1));
  private final List<Alert> alerts = new ArrayList<>();
  private final Map<Tollgate, HandBackground> engines = new HashMap<>();

  private static Provider budget(String usd, String reserve, String slice) {
    Limit limit = Limit.of(Meter.COST, nano(usd), MONTH);
    return new Provider("openai", Set.of(), List.of("gpt*"))
        .hardLimit(limit, nano(reserve), nano(slice));
  }

  private static long nano(String usd) {
    return Money.nanoUsd(new BigDecimal(usd));
  }

  private static Policies policies(Tier tier, Provider... budgets) {
    return Policies.of(List.of(tier), List.of(Route.of("chat")), PRICES)
        .with(new Spending(List.of(budgets), BreakerPolicy.OFF, AnomalyPolicy.OFF));
  }

  private static Policies policies(Provider... budgets) {
    return policies(Tier.of("free"), budgets);
  }

  private Tollgate open(Policies policies) {
    HandBackground background = new HandBackground();
    Tollgate engine =
        Tollgate.builder(policies, line)
            .clock(clock)
            .background(background)
            .onAlert(alerts::add)
            .build();
    engines.put(engine, background);
    return engine;
  }

  /** Time goes on for all engines. */
  private void turn(Duration duration) {
    clock.advance(duration);
    engines.values().forEach(HandBackground::turn);
  }

  @AfterEach
  void close() {
    engines.keySet().forEach(Tollgate::close);
  }

  /** A call that costs so many dollars at most. */
  private static Call call(String usd) {
    return Call.of(ANN, "chat").model("gpt").estimate(nano(usd) / 1000, 0);
  }

  private static void settle(Reservation reservation, String usd) {
    reservation.settle(Usage.of(1, 1), new BigDecimal(usd));
  }

  private static BudgetStatus status(Tollgate engine) {
    return engine.budgets().get(0);
  }

  private List<Alert> alerts(Alert.Kind kind) {
    return alerts.stream().filter(alert -> alert.kind() == kind).toList();
  }

  private static Decision.Refusal refusal(Decision decision) {
    return ((Refused) decision).refusal();
  }

  @Test
  void callsAreRefusedWithoutARetryOnceTheLimitIsSpent() {
    Tollgate engine = open(policies(budget("1", "0", "0.10")));
    for (int i = 0; i < 10; i++) {
      settle(engine.reserve(call("0.10")).orThrow(), "0.10");
    }
    Decision.Refusal refusal = refusal(engine.reserve(call("0.10")));
    assertThat(refusal).isEqualTo(new BudgetExhausted("openai"));
    assertThat(refusal.retryAfter()).isEmpty();
    turn(Duration.ofSeconds(1));
    assertThat(status(engine).posted()).isEqualTo(DOLLAR);
  }

  @Test
  void aBudgetHoldsTheMostInputThatACallCanHaveWhateverIsEstimated() {
    Tollgate engine = open(policies(budget("1", "0", "0.10")));
    Call understated = call("0.10").mostInputTokens(950_000);
    Reservation large = engine.reserve(understated).orThrow();
    assertThat(large.reserved()).isEqualTo(understated.estimate());
    assertThat(refusal(engine.reserve(call("0.10"))))
        .isEqualTo(new BudgetInUse("openai", BudgetAccount.PAUSE));
    settle(large, "0.01");
    assertThat(engine.reserve(call("0.10"))).isInstanceOf(Admitted.class);
  }

  @Test
  void aRestrictedCallMayHaveMoreInputThanWasCounted() {
    Restriction small = new Restriction(1000, 100, "", Priority.LOW);
    Limit quota = Limit.of(Meter.REQUESTS, 4, MONTH);
    Tier tier = new Tier("free", List.of(quota), Ladder.DEFAULT, small, List.of(), Priority.NORMAL);
    Tollgate engine = open(policies(tier, budget("1", "0", "0.10")));
    for (int i = 0; i < 4; i++) {
      settle(engine.reserve(call("0.01")).orThrow(), "0.001");
    }
    Decision restricted = engine.reserve(call("0.10").mostInputTokens(950_000));
    assertThat(restricted).isInstanceOf(Restricted.class);
    assertThat(refusal(engine.reserve(call("0.10")))).isInstanceOf(BudgetInUse.class);
  }

  @Test
  void callsInTheWayAreWaitedFor() {
    Tollgate engine = open(policies(budget("1", "0", "0.10")));
    Reservation large = engine.reserve(call("0.95")).orThrow();
    assertThat(refusal(engine.reserve(call("0.10"))))
        .isEqualTo(new BudgetInUse("openai", BudgetAccount.PAUSE));
    settle(large, "0.01");
    assertThat(engine.reserve(call("0.10"))).isInstanceOf(Admitted.class);
  }

  @Test
  void twentyLargeReservesOfSmallCallsAllPassOverTwoEngines() {
    Policies policies = policies(budget("25", "0", "0.25"));
    List<Tollgate> both = List.of(open(policies), open(policies));
    Deque<Reservation> running = new ArrayDeque<>();
    int completed = 0;
    int refused = 0;
    int most = 0;
    for (int round = 0; completed < 20 && round < 100; round++) {
      for (int i = completed + running.size(); i < 20; i++) {
        Decision decision = both.get(i % 2).reserve(call("3"));
        if (decision instanceof Refused) {
          refused++;
          assertThat(refusal(decision)).isInstanceOf(BudgetInUse.class);
        } else {
          running.add(decision.orThrow());
        }
      }
      most = Math.max(most, running.size());
      settle(running.removeFirst(), "0.02");
      completed++;
      turn(BudgetAccount.PAUSE);
    }
    assertThat(completed).isEqualTo(20);
    turn(Duration.ofMinutes(1));
    assertThat(status(both.get(0)).posted()).isEqualTo(nano("0.40"));
    assertThat(status(both.get(0)).leased()).isZero();
    System.out.println(
        "$25, calls of $3 at most: 20 completed, " + most + " at a time, " + refused + " waits");
  }

  @Test
  void essentialCallsAloneSpendTheReserve() {
    Tollgate engine = open(policies(budget("1", "0.20", "0.10")));
    for (int i = 0; i < 8; i++) {
      settle(engine.reserve(call("0.10")).orThrow(), "0.10");
    }
    assertThat(refusal(engine.reserve(call("0.10")))).isInstanceOf(BudgetExhausted.class);
    Call essential = call("0.10").criticality(Criticality.ESSENTIAL);
    for (int i = 0; i < 2; i++) {
      settle(engine.reserve(essential).orThrow(), "0.10");
    }
    assertThat(refusal(engine.reserve(essential))).isInstanceOf(BudgetExhausted.class);
    turn(Duration.ofSeconds(1));
    assertThat(status(engine).posted()).isEqualTo(DOLLAR);
  }

  @Test
  void eachNoticeIsToldOnceOverAllEngines() {
    Policies policies = policies(budget("1", "0.10", "0.01"));
    List<Tollgate> both = List.of(open(policies), open(policies));
    for (int i = 0; i < 120; i++) {
      Decision decision = both.get(i % 2).reserve(call("0.011").criticality(Criticality.ESSENTIAL));
      if (decision instanceof Admitted) {
        settle(decision.orThrow(), "0.009");
      }
      turn(Duration.ofSeconds(1));
    }
    assertThat(alerts(Alert.Kind.BUDGET_REACHED))
        .extracting(alert -> alert.details().get("percent"))
        .containsExactly("50", "80", "90", "100");
  }

  @Test
  void aCallOfAnotherProviderIsNotCounted() {
    Tollgate engine = open(policies(budget("1", "0", "0.10"), other()));
    Call tiny = Call.of(ANN, "chat").model("tiny").estimate(5_000_000, 0);
    settle(engine.reserve(tiny).orThrow(), "5");
    turn(Duration.ofSeconds(1));
    assertThat(engine.budgets()).extracting(BudgetStatus::posted).containsExactly(0L, 5 * DOLLAR);
  }

  private static Provider other() {
    return new Provider("other", Set.of(), List.of("tiny"))
        .hardLimit(Limit.of(Meter.COST, 100 * DOLLAR, MONTH), 0, DOLLAR);
  }

  @Test
  void whatACallersOwnLimitRefusesIsGivenBack() {
    Limit requests = Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(1), 1);
    Tollgate engine = open(policies(Tier.of("free", requests), budget("1", "0", "0.10")));
    settle(engine.reserve(call("0.10")).orThrow(), "0.10");
    assertThat(refusal(engine.reserve(call("0.90")))).isInstanceOf(LimitExceeded.class);
    turn(Duration.ofSeconds(1));
    turn(Duration.ofMinutes(1));
    assertThat(status(engine).posted()).isEqualTo(nano("0.10"));
    assertThat(status(engine).leased()).isZero();
  }

  private static Tier restrictedAtOnce(String model) {
    return new Tier(
        "free",
        List.of(Limit.of(Meter.TOKENS, 1000, MONTH)),
        Tier.of("free").ladder(),
        new Restriction(100, 50, model, Priority.LOW),
        List.of(),
        Priority.NORMAL);
  }

  @Test
  void aRestrictedCallTakesOnlyWhatItMayStillUse() {
    Tier tier = restrictedAtOnce("");
    Tollgate engine = open(policies(tier, budget("1", "0", "0.10")));
    Decision decision = engine.reserve(call("0.50"));
    assertThat(decision).isInstanceOf(Restricted.class);
    assertThat(status(engine).free()).isEqualTo(nano("0.50") - 100 * 1000);
  }

  @Test
  void aCallRestrictedToAnotherProvidersModelIsChargedThere() {
    Tier tier = restrictedAtOnce("tiny");
    Tollgate engine = open(policies(tier, budget("1", "0", "0.10"), other()));
    settle(engine.reserve(call("0.50")).orThrow(), "0.0001");
    turn(Duration.ofSeconds(1));
    turn(Duration.ofMinutes(1));
    assertThat(engine.budgets())
        .extracting(BudgetStatus::posted)
        .containsExactly(0L, nano("0.0001"));
  }

  @Test
  void aCheckGivesTheVerdictAndTakesNothing() {
    Tollgate engine = open(policies(budget("1", "0", "0.10")));
    assertThat(engine.check(call("0.90"))).isInstanceOf(Admitted.class);
    assertThat(status(engine).leased()).isZero();
    Reservation large = engine.reserve(call("0.95")).orThrow();
    assertThat(refusal(engine.check(call("0.10")))).isInstanceOf(BudgetInUse.class);
    settle(large, "0.95");
    assertThat(refusal(engine.check(call("0.10")))).isInstanceOf(BudgetExhausted.class);
    assertThat(refusal(engine.check(call("2")))).isInstanceOf(BudgetExhausted.class);
    assertThat(engine.check(call("0.05"))).isInstanceOf(Admitted.class);
    assertThat(engine.limits(ANN, "chat")).as("asks for nothing that costs").isEmpty();
  }

  @Test
  void withoutTheStoreOnlyWhatIsLeasedIsSpent() {
    Tollgate engine = open(policies(budget("10", "0", "1")));
    settle(engine.reserve(call("0.10")).orThrow(), "0.10");
    line.lostPercent = 100;
    int passed = 0;
    while (engine.reserve(call("0.10")) instanceof Admitted admitted) {
      settle(admitted.reservation(), "0.10");
      passed++;
    }
    assertThat(passed).as("of the slice of a dollar").isEqualTo(9);
    assertThat(refusal(engine.reserve(call("0.10")))).isInstanceOf(BudgetInUse.class);
    line.lostPercent = 0;
    turn(Duration.ofSeconds(1));
    assertThat(engine.reserve(call("0.10"))).isInstanceOf(Admitted.class);
  }

  @Test
  void aCallIsSettledInTheMonthOfItsReservation() {
    Tollgate engine = open(policies(budget("1", "0", "0.10")));
    clock.set(Instant.parse("2026-03-31T23:59:59Z"));
    Reservation late = engine.reserve(call("0.90")).orThrow();
    turn(Duration.ofSeconds(2));
    settle(engine.reserve(call("0.90")).orThrow(), "0.30");
    settle(late, "0.90");
    turn(Duration.ofMinutes(1));
    assertThat(status(engine).posted()).isEqualTo(nano("0.30"));
    assertThat(status(engine).startsAt()).isEqualTo(Instant.parse("2026-04-01T00:00:00Z"));
  }

  @Test
  void aRaisedLimitHoldsAtOnceAndALoweredOneKeepsWhatWasSpent() {
    Tollgate engine = open(policies(budget("1", "0", "0.10")));
    settle(engine.reserve(call("1")).orThrow(), "1");
    assertThat(refusal(engine.reserve(call("0.50")))).isInstanceOf(BudgetExhausted.class);
    engine.reload(policies(budget("2", "0", "0.10")));
    settle(engine.reserve(call("0.50")).orThrow(), "0.50");
    engine.reload(policies(budget("1.2", "0", "0.10")));
    turn(Duration.ofSeconds(1));
    assertThat(refusal(engine.reserve(call("0.10")))).isInstanceOf(BudgetExhausted.class);
    assertThat(status(engine).remaining()).isEqualTo(-nano("0.30"));
    engine.reload(policies());
    assertThat(engine.reserve(call("100"))).isInstanceOf(Admitted.class);
  }

  @Test
  void whatACallCostsAboveItsReserveIsPaidByTheNextLease() {
    Tollgate engine = open(policies(budget("1", "0", "0.10")));
    settle(engine.reserve(call("0.10")).orThrow(), "0.70");
    turn(Duration.ofSeconds(1));
    assertThat(status(engine).posted()).isEqualTo(nano("0.70"));
    assertThat(refusal(engine.reserve(call("0.40")))).isInstanceOf(BudgetExhausted.class);
    assertThat(engine.reserve(call("0.30"))).isInstanceOf(Admitted.class);
  }

  @Test
  void longCallsKeepTheirMoneyWhileLeasesAreRenewed() {
    Tollgate engine = open(policies(budget("1", "0", "0.10")));
    Reservation slow = engine.reserve(call("0.40")).orThrow();
    for (int minute = 0; minute < 45; minute++) {
      turn(Duration.ofMinutes(1));
    }
    assertThat(status(engine).posted()).isZero();
    assertThat(status(engine).leased()).isEqualTo(nano("0.40"));
    settle(slow, "0.15");
    turn(Duration.ofMinutes(1));
    assertThat(status(engine).posted()).isEqualTo(nano("0.15"));
    assertThat(status(engine).leased()).isZero();
  }

  @Test
  void aClosedEngineLeavesNothingLeased() {
    Policies policies = policies(budget("1", "0", "0.10"));
    Tollgate engine = open(policies);
    Tollgate other = open(policies);
    settle(engine.reserve(call("0.05")).orThrow(), "0.03");
    engine.close();
    assertThat(status(other).posted()).isEqualTo(nano("0.03"));
    assertThat(status(other).leased()).isZero();
  }

  @Test
  void inShadowABudgetOnlyReports() {
    Policies refusing = policies(budget("1", "0", "0.10"));
    Tollgate engine =
        open(new Policies(refusing.tiers(), refusing.routes(), PRICES, true, refusing.spending()));
    Decision decision = engine.reserve(call("2"));
    assertThat(refusal(decision.shadowed().orElseThrow())).isInstanceOf(BudgetExhausted.class);
    assertThat(decision.orThrow().restriction()).isEqualTo(Restriction.NONE);
  }

  @Test
  void whatTheProviderSaysLatchesItInAllEnginesAndIsToldOnce() {
    Policies policies = policies(budget("10", "0", "1"));
    Tollgate one = open(policies);
    Tollgate other = open(policies);
    Reservation refused = one.reserve(call("0.10")).orThrow();
    Reservation alike = other.reserve(call("0.10")).orThrow();
    turn(Duration.ofSeconds(1));
    refused.providerLimitReached("insufficient_quota", Optional.empty());
    alike.providerLimitReached("insufficient_quota", Optional.empty());
    refused.cancel();
    assertThat(refusal(one.reserve(call("0.10")))).isEqualTo(new BudgetExhausted("openai"));
    turn(Duration.ofSeconds(3));
    turn(Duration.ofSeconds(3));
    assertThat(refusal(other.check(call("0.10")))).isInstanceOf(BudgetExhausted.class);
    assertThat(status(other).latch().orElseThrow().cause()).isEqualTo("insufficient_quota");
    assertThat(alerts(Alert.Kind.PROVIDER_LIMIT_REACHED)).hasSize(1);
    turn(ProviderLatch.FIRST_GUESS);
    assertThat(other.reserve(call("0.10"))).isInstanceOf(Admitted.class);
  }

  @Test
  void aGuessGrowsWhileTheProviderRepeatsItself() {
    Tollgate engine = open(policies(budget("10", "0", "1")));
    List<Long> minutes = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Reservation call = engine.reserve(call("0.10")).orThrow();
      call.providerLimitReached("insufficient_quota", Optional.empty());
      call.cancel();
      long waited = 0;
      while (engine.reserve(call("0.10")) instanceof Refused) {
        turn(Duration.ofMinutes(1));
        waited++;
      }
      minutes.add(waited);
    }
    assertThat(minutes).containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
  }

  @Test
  void anEndThatTheProviderNamesIsKeptAndTold() {
    Tollgate engine = open(policies(budget("10", "0", "1")));
    Reservation call = engine.reserve(call("0.10")).orThrow();
    call.providerLimitReached(
        "specified usage limit", Optional.of(Instant.parse("2026-04-01T00:00:00Z")));
    assertThat(refusal(engine.reserve(call("0.10"))).retryAfter())
        .contains(Duration.ofDays(21).plusHours(12));
    turn(Duration.ofDays(21));
    assertThat(engine.reserve(call("0.10"))).isInstanceOf(Refused.class);
    turn(Duration.ofHours(12));
    assertThat(engine.reserve(call("0.10"))).isInstanceOf(Admitted.class);
  }

  @Test
  void anOperatorReleasesALatchInAllEngines() {
    Policies policies = policies(budget("10", "0", "1"));
    Tollgate one = open(policies);
    Tollgate other = open(policies);
    one.reserve(call("0.10")).orThrow().providerLimitReached("budget_exceeded", Optional.empty());
    turn(Duration.ofSeconds(3));
    turn(Duration.ofSeconds(3));
    other.release("openai");
    assertThat(other.reserve(call("0.10"))).isInstanceOf(Admitted.class);
    turn(Duration.ofSeconds(3));
    turn(Duration.ofSeconds(3));
    assertThat(one.reserve(call("0.10"))).isInstanceOf(Admitted.class);
    assertThatThrownBy(() -> one.release("nobody"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nobody")
        .hasMessageContaining("openai");
  }

  @Test
  void aLatchIsToldEvenWhileTheStoreIsLost() {
    Tollgate engine = open(policies(budget("10", "0", "1")));
    Reservation call = engine.reserve(call("0.10")).orThrow();
    line.lostPercent = 100;
    call.providerLimitReached("insufficient_quota", Optional.empty());
    turn(Duration.ofSeconds(1));
    line.lostPercent = 0;
    turn(Duration.ofSeconds(1));
    turn(Duration.ofSeconds(3));
    assertThat(alerts(Alert.Kind.PROVIDER_LIMIT_REACHED)).hasSize(1);
  }

  @Test
  void limitsAreReviewedOnceAMonthOverAllEngines() {
    Map<SpendScope, Long> expected =
        Map.of(new SpendScope(SpendScope.Kind.PROVIDER, "openai"), nano("8"));
    Policies policies =
        policies()
            .with(
                new Spending(
                    List.of(budget("10", "0", "1")),
                    new BreakerPolicy(300, 10, false, expected),
                    AnomalyPolicy.OFF));
    open(policies);
    open(policies);
    Predicate<Alert> tooLow =
        alert ->
            alert.details().get("recommendedUsd").equals("16.00")
                && alert.details().get("verdict").equals("TOO_LOW");
    for (int day = 0; day < 60; day++) {
      turn(Duration.ofDays(1));
    }
    assertThat(alerts(Alert.Kind.LIMITS_REVIEW))
        .as("of March, April and May")
        .hasSize(3)
        .allMatch(tooLow);
  }

  @Test
  void aReviewGoesByTheLargestOfWhatIsExpectedAndWhatIsSpent() {
    Optional<Limit> limit = Optional.of(Limit.of(Meter.COST, nano("100"), MONTH));
    assertThat(BudgetReview.of(limit, 0, 0, 0).verdict()).isEqualTo(BudgetReview.Verdict.UNKNOWN);
    assertThat(BudgetReview.of(limit, nano("20"), nano("40"), nano("500")))
        .isEqualTo(
            new BudgetReview(
                nano("40"), nano("80"), nano("100"), nano("500"), BudgetReview.Verdict.FINE));
    assertThat(BudgetReview.of(limit, 0, nano("30"), 0).verdict())
        .isEqualTo(BudgetReview.Verdict.TOO_HIGH);
    assertThat(BudgetReview.of(limit, nano("70"), nano("1"), 0).verdict())
        .isEqualTo(BudgetReview.Verdict.TOO_LOW);
    assertThat(BudgetReview.of(Optional.empty(), nano("70"), nano("1"), 0))
        .isEqualTo(new BudgetReview(nano("70"), nano("140"), 0, 0, BudgetReview.Verdict.MISSING));
    Window day = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);
    assertThat(BudgetReview.of(Optional.of(Limit.of(Meter.COST, nano("2"), day)), 0, nano("30"), 0))
        .as("a day's limit, for a month")
        .isEqualTo(
            new BudgetReview(nano("30"), nano("60"), nano("60"), 0, BudgetReview.Verdict.FINE));
  }

  @Test
  void aBudgetCostsTheRequestPathLittle() {
    long without = Long.MAX_VALUE;
    long with = Long.MAX_VALUE;
    Tollgate plain = open(policies());
    Tollgate budgeted = open(policies(budget("1000000", "0", "10000")));
    for (int round = 0; round < 15; round++) {
      without = Math.min(without, nanosPerCall(plain));
      with = Math.min(with, nanosPerCall(budgeted));
    }
    long own = nanosPerClaim();
    System.out.printf(
        "reserve and settle: %d ns of processor time, with a budget %d ns; its own part: %d ns%n",
        without, with, own);
    assertThat(own).as("nanoseconds, generously").isLessThan(10_000);
  }

  /** The processor's time for this thread: others that share it do not count. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private long nanosPerClaim() {
    StoreGuard guard = new StoreGuard(store, Optional.empty());
    Budgets budgets =
        new Budgets(guard, new ReservationIds(), clock, alerts::add, OptionalLong::empty);
    budgets.reload(policies(budget("1000000", "0", "10000")).spending());
    Call call = call("0.001");
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 15; round++) {
      long start = cpuNanos();
      for (int i = 0; i < 20_000; i++) {
        budgets.claim(call, "gpt", Criticality.OPTIONAL, 1_000_000).settle(600_000);
      }
      best = Math.min(best, (cpuNanos() - start) / 20_000);
    }
    budgets.close();
    return best;
  }

  private static long nanosPerCall(Tollgate engine) {
    int calls = 5_000;
    Call call = call("0.001");
    long start = cpuNanos();
    for (int i = 0; i < calls; i++) {
      engine.reserve(call).orThrow().settle(Usage.of(500, 100));
    }
    return (cpuNanos() - start) / calls;
  }
}
