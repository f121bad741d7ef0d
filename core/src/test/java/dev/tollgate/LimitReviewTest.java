package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.HandClock;
import dev.tollgate.store.HandScheduler;
import dev.tollgate.store.MemoryStore;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told once a month of hard limits, and where there are none. */
class LimitReviewTest {

  private static final LocalDate TODAY = LocalDate.parse("2026-06-01");
  private static final long DOLLAR = 1_000_000_000L;

  private final HandClock clock = new HandClock(Instant.parse("2026-04-20T01:00:00Z"));
  private final HandScheduler scheduler = new HandScheduler(clock);
  private final List<Alert> alerts = new ArrayList<>();
  private Tollgate tollgate;

  private void open(Map<SpendScope, Long> expected, Provider... providers) {
    Policies policies =
        Policies.of(
                List.of(Tier.of("free")),
                List.of(Route.of("chat")),
                new PriceBook(Map.of("gpt", Price.of(DOLLAR, 0), "claude", Price.of(DOLLAR, 0))))
            .with(
                new Spending(
                    List.of(providers),
                    new BreakerPolicy(300, 10, false, expected),
                    AnomalyPolicy.OFF));
    tollgate =
        Tollgate.builder(policies, new MemoryStore(1000, clock))
            .clock(clock)
            .background(scheduler)
            .onAlert(alerts::add)
            .build();
  }

  @AfterEach
  void close() {
    tollgate.close();
  }

  private List<Alert> reviews() {
    return alerts.stream().filter(alert -> alert.kind() == Alert.Kind.LIMITS_REVIEW).toList();
  }

  private void spend(String model, String usd) {
    Call call = Call.of(new Caller("ann", "free"), "chat").model(model).estimate(1, 0);
    tollgate.reserve(call).orThrow().settle(Usage.of(1, 0), new BigDecimal(usd));
  }

  /** Each day until a date costs a dollar with each model, but nothing on Sundays. */
  private void liveUntil(LocalDate end, String... models) {
    while (clock.instant().isBefore(end.atTime(2, 0).toInstant(ZoneOffset.UTC))) {
      if (clock.instant().atZone(ZoneOffset.UTC).getDayOfWeek() != DayOfWeek.SUNDAY) {
        for (String model : models) {
          spend(model, "1");
        }
      }
      for (int hour = 0; hour < 24; hour++) {
        clock.advance(Duration.ofHours(1));
        scheduler.run();
      }
    }
  }

  private static Provider openai(String limitUsd, Window.Unit unit) {
    long amount = new BigDecimal(limitUsd).movePointRight(9).longValueExact();
    Limit limit = Limit.of(Meter.COST, amount, new Window.Calendar(unit, ZoneOffset.UTC));
    return new Provider("openai", Set.of(), List.of("gpt*")).hardLimit(limit, 0, amount / 100);
  }

  @Test
  void aDaysLimitIsComparedWithTheDaysOfAMonthAndNotWithASunday() {
    open(Map.of(), openai("2", Window.Unit.DAY));
    liveUntil(TODAY, "gpt");
    assertThat(TODAY.minusDays(1).getDayOfWeek()).isEqualTo(DayOfWeek.SUNDAY);
    Alert june = reviews().get(reviews().size() - 1);
    assertThat(june.cause()).isEqualTo("2026-06");
    assertThat(june.details())
        .containsEntry("verdict", "FINE")
        .containsEntry("configuredUsd", "60.00")
        .containsEntry("expectedUsd", "25.72");
    assertThat(reviews()).extracting(Alert::cause).doesNotHaveDuplicates();
  }

  @Test
  void everyProviderIsReviewedWithOrWithoutAHardLimit() {
    open(
        Map.of(new SpendScope(SpendScope.Kind.PROVIDER, "google"), 40 * DOLLAR),
        openai("100", Window.Unit.MONTH),
        new Provider("anthropic", Set.of(), List.of("claude*")),
        new Provider("google", Set.of(), List.of("gemini*")),
        new Provider("mistral", Set.of(), List.of("mistral*")));
    liveUntil(TODAY.plusDays(1), "gpt", "claude");
    assertThat(reviews())
        .filteredOn(alert -> alert.cause().equals("2026-06"))
        .extracting(Alert::message)
        .containsExactlyInAnyOrder(
            "openai is expected to cost at most 25.72 USD a month: a hard limit of 51.43 is"
                + " recommended, 100.00 is set, which is too high",
            "anthropic is expected to cost at most 25.72 USD a month: a hard limit of 51.43 is"
                + " recommended, none is set",
            "google is expected to cost at most 40.00 USD a month: a hard limit of 80.00 is"
                + " recommended, none is set");
    assertThat(tollgate.budgets().get(0).review().verdict())
        .isEqualTo(BudgetReview.Verdict.TOO_HIGH);
  }

  @Test
  void aPaceIsKnownAfterThreeWholeDays() {
    open(Map.of(), openai("100", Window.Unit.MONTH));
    liveUntil(LocalDate.parse("2026-04-22"), "gpt");
    assertThat(reviews()).isEmpty();
    liveUntil(LocalDate.parse("2026-04-23"), "gpt");
    assertThat(reviews()).hasSize(1);
  }
}
