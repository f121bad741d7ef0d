package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Decision.Admitted;
import dev.tollgate.Decision.Refusal.LimitExceeded;
import dev.tollgate.Decision.Refused;
import dev.tollgate.Decision.Restricted;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TollgateTest {

  private static final Caller ANN = new Caller("ann", "free");
  private static final Limit RATE = Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), 20);

  /** 1 USD for a million tokens in, 2 USD for a million out. */
  private static final PriceBook PRICES =
      new PriceBook(Map.of("m", Price.of(1_000_000_000, 2_000_000_000)));

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final BlockingQueue<Alert> alerts = new LinkedBlockingQueue<>();
  private Tollgate tollgate = open(Tier.of("free", RATE));

  private Tollgate open(Tier... tiers) {
    return Tollgate.builder(policies(tiers), new MemoryStore(1000, clock))
        .clock(clock)
        .onAlert(alerts::add)
        .build();
  }

  private static Policies policies(Tier... tiers) {
    return Policies.of(List.of(tiers), List.of(Route.of("chat")), PRICES);
  }

  private void use(Tier... tiers) {
    tollgate.reload(policies(tiers));
  }

  private void use(PriceBook prices, Tier tier) {
    tollgate.reload(Policies.of(List.of(tier), List.of(Route.of("chat")), prices));
  }

  @AfterEach
  void close() {
    tollgate.close();
  }

  @Test
  void twentyFirstQuickCallIsToldToWaitSixSecondsAndThenLetIn() {
    for (int i = 0; i < 20; i++) {
      assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Admitted.class);
    }
    Refused refused = (Refused) tollgate.reserve(Call.of(ANN, "chat"));
    assertThat(refused.refusal().retryAfter()).contains(Duration.ofSeconds(6));
    assertThat(((LimitExceeded) refused.refusal()).binding().limit()).isEqualTo(RATE);
    clock.advance(Duration.ofSeconds(6).minusNanos(1000));
    assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Refused.class);
    clock.advance(Duration.ofNanos(1000));
    assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Admitted.class);
    assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Refused.class);
  }

  @Test
  void deniedCallChangesNoOtherLimit() {
    use(Tier.of("free", RATE, quota(Meter.TOKENS, 1000, Window.Unit.DAY)).ladder(Ladder.REFUSE));
    Decision refused = tollgate.reserve(call(2000, 0));
    assertThat(refused).isInstanceOf(Refused.class);
    assertThat(remaining("requests-per-minute")).isEqualTo(20);
    assertThat(remaining("tokens-per-day")).isEqualTo(1000);
    assertThat(((Refused) refused).refusal().retryAfter())
        .as("2000 tokens never fit into 1000")
        .isEmpty();
  }

  @Test
  void raisedLimitTakesEffectWithoutLosingCounts() {
    for (int i = 0; i < 20; i++) {
      tollgate.reserve(Call.of(ANN, "chat"));
    }
    assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Refused.class);
    use(Tier.of("free", Limit.rate(Meter.REQUESTS, 60, Duration.ofMinutes(1), 100)));
    assertThat(remaining("requests-per-minute")).isEqualTo(80);
    assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Admitted.class);
  }

  @Test
  void settlementAboveTheLimitIsDebtAndTheNextCallIsRefused() {
    use(Tier.of("free", quota(Meter.TOKENS, 1000, Window.Unit.DAY)).ladder(Ladder.REFUSE));
    Reservation reservation = tollgate.reserve(call(100, 0)).orThrow();
    reservation.settle(Usage.of(1200, 0));
    assertThat(remaining("tokens-per-day")).isEqualTo(-200);
    assertThatThrownBy(() -> tollgate.reserve(call(1, 0)).orThrow())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("tokens-per-day");
  }

  @Test
  void berlinMonthResetsOnceAtItsLocalMidnight() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    Limit month = Limit.of(Meter.REQUESTS, 5, new Window.Calendar(Window.Unit.MONTH, berlin));
    use(Tier.of("free", month).ladder(Ladder.REFUSE));
    clock.set(Instant.parse("2026-01-31T22:59:59Z"));
    for (int i = 0; i < 5; i++) {
      assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Admitted.class);
    }
    Refused refused = (Refused) tollgate.reserve(Call.of(ANN, "chat"));
    assertThat(refused.refusal().retryAfter()).contains(Duration.ofSeconds(1));
    clock.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 5; i++) {
      assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Admitted.class);
    }
    assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Refused.class);
    clock.set(Instant.parse("2026-02-01T00:00:00Z"));
    assertThat(tollgate.reserve(Call.of(ANN, "chat")))
        .as("not again at UTC's")
        .isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-28T23:00:00Z, 23", // clocks go forward on 29 March
    "2026-10-24T22:00:00Z, 25", // and back on 25 October
    "2026-06-09T22:00:00Z, 24",
  })
  void daysOfClockChangesHaveTheirOwnLength(Instant start, long hours) {
    Window.Calendar day = new Window.Calendar(Window.Unit.DAY, ZoneId.of("Europe/Berlin"));
    long micros = start.getEpochSecond() * 1_000_000;
    long end = micros + hours * 3_600_000_000L;
    assertThat(day.at(micros)).isEqualTo(new dev.tollgate.store.Calendar.Span(micros, end));
    assertThat(day.at(end - 1).startMicros()).isEqualTo(micros);
    assertThat(day.at(end).startMicros()).isEqualTo(end);
    assertThat(day.at(micros - 1).endMicros()).isEqualTo(micros);
  }

  @Test
  void settlementAfterMidnightBelongsToYesterday() {
    use(Tier.of("free", quota(Meter.TOKENS, 1000, Window.Unit.DAY)).ladder(Ladder.REFUSE));
    clock.set(Instant.parse("2026-03-10T23:59:59Z"));
    Reservation reservation = tollgate.reserve(call(100, 0)).orThrow();
    clock.advance(Duration.ofSeconds(2));
    reservation.settle(Usage.of(900, 0));
    assertThat(remaining("tokens-per-day")).isEqualTo(1000);
    assertThat(tollgate.calls(ANN).get(0).at()).isEqualTo(Instant.parse("2026-03-10T23:59:59Z"));
  }

  @Test
  void theTierOfACallersLatestCallIsKnown() {
    use(Tier.of("free"), Tier.of("pro"));
    assertThat(tollgate.lastTier("ann")).isEmpty();
    settle(call(1, 1), Usage.of(1, 1));
    assertThat(tollgate.lastTier("ann")).contains("free");
    clock.advance(Duration.ofSeconds(1));
    Call upgraded = Call.of(new Caller("ann", "pro"), "chat").model("m").estimate(1, 1);
    Reservation open = tollgate.reserve(upgraded).orThrow();
    assertThat(tollgate.lastTier("ann")).as("under way").contains("pro");
    open.settle(Usage.of(1, 1));
    assertThat(tollgate.lastTier("ann")).as("ended").contains("pro");
    assertThat(tollgate.lastTier("bob")).isEmpty();
  }

  @Test
  void holdOfAProcessThatWasKilledIsReleasedAtItsDeadline() {
    use(Tier.of("free", quota(Meter.TOKENS, 1000, Window.Unit.DAY)).ladder(Ladder.REFUSE));
    assertThat(tollgate.reserve(call(900, 0)).orThrow().isEnded()).isFalse();
    assertThat(tollgate.reserve(call(900, 0))).isInstanceOf(Refused.class);
    clock.advance(Duration.ofMinutes(5));
    assertThat(remaining("tokens-per-day")).isEqualTo(1000);
    assertThat(tollgate.calls(ANN))
        .extracting(CallRecord::outcome)
        .containsExactly(CallRecord.Outcome.UNSETTLED);
  }

  @Test
  void quotaNotifiesAtEightyRestrictsAtHundredAndRefusesAtHundredFifty() throws Exception {
    Restriction restriction = new Restriction(40, 10, "small", Priority.LOW);
    Tier tier =
        new Tier(
            "free",
            List.of(quota(Meter.TOKENS, 1000, Window.Unit.DAY)),
            Ladder.DEFAULT,
            restriction,
            List.of(),
            Priority.NORMAL);
    use(tier);
    settle(call(500, 200), Usage.of(500, 200));
    assertThat(alerts).isEmpty();
    settle(call(50, 50), Usage.of(50, 50));
    Alert notice = alerts.poll(5, TimeUnit.SECONDS);
    assertThat(notice.kind()).isEqualTo(Alert.Kind.QUOTA_REACHED);
    assertThat(notice.subject()).isEqualTo("ann");
    assertThat(notice.details()).containsEntry("percent", "80").containsEntry("action", "NOTIFY");

    Restricted restricted = (Restricted) tollgate.reserve(call(500, 200));
    assertThat(restricted.restriction()).isEqualTo(restriction);
    assertThat(restricted.reservation().reserved()).isEqualTo(new Estimate(40, 10));
    assertThat(restricted.reservation().model()).isEqualTo("small");
    assertThat(alerts.poll(5, TimeUnit.SECONDS).details()).containsEntry("percent", "100");
    restricted.reservation().settle(Usage.of(490, 200));

    Refused refused = (Refused) tollgate.reserve(call(500, 200));
    assertThat(refused.refusal().retryAfter()).contains(Duration.ofHours(12));
    assertThat(alerts)
        .extracting(alert -> alert.details().get("percent"))
        .doesNotContain("80", "100");
  }

  @Test
  void restrictedCallsHaveARateOfTheirOwn() {
    Tier tier =
        new Tier(
            "free",
            List.of(quota(Meter.REQUESTS, 3, Window.Unit.DAY)),
            new Ladder(List.of(new Ladder.Rung(100, Ladder.Action.RESTRICT))),
            Restriction.DEFAULT,
            List.of(Limit.rate(Meter.REQUESTS, 2, Duration.ofMinutes(1), 2)),
            Priority.NORMAL);
    use(tier);
    for (int i = 0; i < 3; i++) {
      assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Admitted.class);
    }
    assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Restricted.class);
    assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Restricted.class);
    Refused refused = (Refused) tollgate.reserve(Call.of(ANN, "chat"));
    assertThat(refused.refusal().retryAfter()).contains(Duration.ofSeconds(30));
    clock.advance(Duration.ofSeconds(30));
    assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Restricted.class);
  }

  @Test
  void costIsCountedAtTheModelsPriceRoundedUp() {
    use(Tier.of("free", quota(Meter.COST, Money.nanoUsd(new BigDecimal("5")), Window.Unit.MONTH)));
    CallRecord row = settle(call(1200, 400), Usage.of(1001, 501));
    assertThat(row.costNanoUsd()).isEqualTo(1001 * 1000L + 501 * 2000L);
    assertThat(Money.usd(row.costNanoUsd())).isEqualTo("0.002003");
    assertThat(remaining("cost-per-month")).isEqualTo(5_000_000_000L - 2_003_000);
    assertThat(new Price(1, 1, 1, 1).cost(Usage.of(1, 0))).as("a nano-USD at least").isEqualTo(1);
  }

  @Test
  void reserveHoldsTheMostThatACallCanCostAndChargesItWhenNobodyReports() {
    Price price = new Price(1_000_000_000, 100_000_000, 1_250_000_000, 0);
    use(
        new PriceBook(Map.of("m", price)),
        Tier.of("free", quota(Meter.COST, 5_000_000_000L, Window.Unit.MONTH)));
    Reservation cached = tollgate.reserve(call(1000, 0)).orThrow();
    assertThat(remaining("cost-per-month")).isEqualTo(5_000_000_000L - 1_250_000);
    cached.settle(new Usage(1000, 1000, 0, 0, 0));
    assertThat(remaining("cost-per-month")).isEqualTo(5_000_000_000L - 100_000);
    CallRecord unreported = tollgate.reserve(call(1000, 0)).orThrow().settleAsReserved();
    assertThat(unreported.costNanoUsd()).isEqualTo(1_250_000);
    assertThat(unreported.outcome()).isEqualTo(CallRecord.Outcome.ESTIMATED);
  }

  @Test
  void unknownModelIsRefusedWhereThePolicySaysSo() {
    use(
        new PriceBook(Map.of("m", Price.of(1, 1)), PriceBook.Unpriced.REFUSE),
        Tier.of("free", quota(Meter.REQUESTS, 5, Window.Unit.MONTH)));
    Call unknown = Call.of(ANN, "chat").model("new-model").estimate(10, 10);
    Refused refused = (Refused) tollgate.reserve(unknown);
    assertThat(refused.refusal()).isEqualTo(new Decision.Refusal.UnpricedModel("new-model"));
    assertThat(refused.refusal().retryAfter()).isEmpty();
    assertThat(tollgate.check(unknown)).isInstanceOf(Refused.class);
    assertThat(remaining("requests-per-month")).isEqualTo(5);
  }

  @Test
  void unknownModelCostsAsMuchAsTheDearestAndIsToldOnce() throws Exception {
    use(Tier.of("free", quota(Meter.COST, 5_000_000_000L, Window.Unit.MONTH)));
    Call unknown = Call.of(ANN, "chat").model("new-model").estimate(10, 10);
    assertThat(settle(unknown, Usage.of(1000, 0)).costNanoUsd()).isEqualTo(1_000_000);
    settle(unknown, Usage.of(1000, 0));
    assertThat(alerts.poll(5, TimeUnit.SECONDS).kind()).isEqualTo(Alert.Kind.UNPRICED_MODEL);
    assertThat(alerts.poll(50, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void reservationEndsOnce() {
    use(Tier.of("free", quota(Meter.TOKENS, 1000, Window.Unit.DAY)));
    Reservation reservation = tollgate.reserve(call(100, 100)).orThrow();
    CallRecord first = reservation.settle(Usage.of(10, 10));
    assertThat(reservation.settle(Usage.of(500, 500))).isEqualTo(first);
    reservation.cancel();
    reservation.close();
    assertThat(remaining("tokens-per-day")).isEqualTo(980);
    assertThat(tollgate.calls(ANN)).containsExactly(first);
  }

  @Test
  void closingWithoutUsageChargesWhatWasReserved() {
    use(Tier.of("free", quota(Meter.TOKENS, 1000, Window.Unit.DAY)));
    try (Reservation reservation = tollgate.reserve(call(100, 100)).orThrow()) {
      assertThat(reservation.reserved()).isEqualTo(new Estimate(100, 100));
    }
    assertThat(remaining("tokens-per-day")).isEqualTo(800);
    assertThat(tollgate.calls(ANN).get(0).outcome()).isEqualTo(CallRecord.Outcome.ESTIMATED);
  }

  @Test
  void cancelledReservationChargesNothing() {
    use(Tier.of("free", RATE, quota(Meter.TOKENS, 1000, Window.Unit.DAY)));
    tollgate.reserve(call(100, 100)).orThrow().cancel();
    tollgate.reserve(Call.of(ANN, "chat")).orThrow().cancel();
    assertThat(remaining("tokens-per-day")).isEqualTo(1000);
    assertThat(remaining("requests-per-minute")).isEqualTo(20);
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 10, 110", // a negative count becomes the reserved one
    "10, 0, 10",
    "0, 0, 0", // explicit zero is zero
    "9223372036854775807, 0, 1000000000",
  })
  void usageThatMakesNoSenseIsClamped(long input, long output, long charged) {
    use(Tier.of("free", quota(Meter.TOKENS, 2_000_000_000L, Window.Unit.DAY)));
    settle(call(100, 100), Usage.of(input, output));
    assertThat(remaining("tokens-per-day")).isEqualTo(2_000_000_000L - charged);
  }

  @Test
  void checkTellsTheDecisionAndChargesNothing() {
    use(Tier.of("free", quota(Meter.TOKENS, 1000, Window.Unit.DAY)));
    assertThat(tollgate.check(call(500, 400))).isInstanceOf(Admitted.class);
    assertThat(tollgate.check(call(500, 600))).isInstanceOf(Restricted.class);
    settle(call(10, 10), Usage.of(1600, 0));
    assertThat(tollgate.check(call(1, 1))).isInstanceOf(Refused.class);
    assertThat(remaining("tokens-per-day")).isEqualTo(-600);
  }

  @Test
  void shadowModeDecidesAndLetsIn() {
    tollgate.reload(
        new Policies(
            Map.of(
                "free", Tier.of("free", Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(1), 1))),
            Map.of("chat", Route.of("chat")),
            PRICES,
            true,
            Spending.UNBOUNDED));
    assertThat(tollgate.reserve(Call.of(ANN, "chat")).shadowed()).isEmpty();
    Decision second = tollgate.reserve(call(10, 10));
    assertThat(second.shadowed()).containsInstanceOf(Refused.class);
    second.orThrow().settle(Usage.of(10, 10));
  }

  @Test
  void limitsOfARouteAreCountedApart() {
    Limit one = Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(1), 1);
    tollgate.reload(
        Policies.of(
            List.of(Tier.of("free", RATE)),
            List.of(new Route("chat", Criticality.OPTIONAL, List.of(one)), Route.of("suggest")),
            PRICES));
    assertThat(tollgate.reserve(Call.of(ANN, "chat"))).isInstanceOf(Admitted.class);
    Refused refused = (Refused) tollgate.reserve(Call.of(ANN, "chat"));
    assertThat(refused.refusal().reason()).contains("chat/requests-per-minute");
    assertThat(tollgate.reserve(Call.of(ANN, "suggest"))).isInstanceOf(Admitted.class);
    assertThat(remaining("requests-per-minute")).isEqualTo(18);
  }

  @Test
  void requestThatAnOuterGateCountedStillCountsForAnotherRoute() {
    Limit one = Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(1), 1);
    tollgate.reload(
        Policies.of(
            List.of(Tier.of("free", RATE)),
            List.of(new Route("chat", Criticality.OPTIONAL, List.of(one)), Route.of("api")),
            PRICES));
    Call outer = Call.of(ANN, "api");
    Call inner = Call.of(ANN, "chat").model("m").estimate(1, 1);
    tollgate.reserve(outer).orThrow();
    tollgate.reserve(inner.countedBy(outer)).orThrow().settle(Usage.of(1, 1));
    assertThat(remaining("requests-per-minute")).isEqualTo(19);

    assertThat(tollgate.reserve(inner.countedBy(outer))).isInstanceOf(Refused.class);
    assertThat(tollgate.reserve(inner.countedBy(inner))).isInstanceOf(Admitted.class);
  }

  @Test
  void tokensThatAnOuterGateMetersAreNotChargedInside() {
    use(Tier.of("free", RATE, quota(Meter.TOKENS, 1000, Window.Unit.DAY)));
    Call outer = call(100, 100);
    Reservation metered = tollgate.reserve(outer).orThrow();
    tollgate.reserve(call(500, 500).countedBy(outer)).orThrow().settle(Usage.of(500, 500));
    assertThat(remaining("tokens-per-day")).isEqualTo(800);
    metered.settle(Usage.of(10, 20));
    assertThat(remaining("tokens-per-day")).isEqualTo(970);
    assertThat(remaining("requests-per-minute")).isEqualTo(19);
  }

  @Test
  void usageThatNobodyReportedIsChargedAndMarkedEstimated() {
    use(Tier.of("free", quota(Meter.TOKENS, 1000, Window.Unit.DAY)));
    CallRecord charged =
        tollgate.reserve(call(100, 400)).orThrow().settleEstimated(Usage.of(100, 26));
    assertThat(charged.outcome()).isEqualTo(CallRecord.Outcome.ESTIMATED);
    assertThat(charged.costNanoUsd()).isPositive();
    assertThat(tollgate.calls(ANN)).containsExactly(charged);
    assertThat(remaining("tokens-per-day")).isEqualTo(874);
  }

  @Test
  void unknownTierOrRouteIsNamed() {
    assertThatThrownBy(() -> tollgate.reserve(Call.of(new Caller("x", "gold"), "chat")))
        .hasMessage("no tier named 'gold': known are [free]");
    assertThatThrownBy(() -> tollgate.reserve(Call.of(ANN, "chatt")))
        .hasMessage("no route named 'chatt': known are [chat]");
  }

  @Test
  void leapDayBelongsToItsMonth() {
    Window.Calendar month = new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC);
    long leapDay = Instant.parse("2028-02-29T12:00:00Z").getEpochSecond() * 1_000_000;
    assertThat(LimitState.instant(month.at(leapDay).endMicros())).isEqualTo("2028-03-01T00:00:00Z");
  }

  private static Limit quota(Meter meter, long amount, Window.Unit unit) {
    return Limit.of(meter, amount, new Window.Calendar(unit, ZoneOffset.UTC));
  }

  private static Call call(long input, long output) {
    return Call.of(ANN, "chat").model("m").estimate(input, output);
  }

  private CallRecord settle(Call call, Usage usage) {
    return tollgate.reserve(call).orThrow().settle(usage);
  }

  private long remaining(String limit) {
    return tollgate.limits(ANN, "chat").stream()
        .filter(state -> state.limit().name().equals(limit))
        .findFirst()
        .orElseThrow()
        .remaining();
  }
}
