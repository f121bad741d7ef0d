package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.CallerOverride.Block;
import dev.tollgate.CallerOverride.Effect;
import dev.tollgate.CallerOverride.Raise;
import dev.tollgate.Decision.Admitted;
import dev.tollgate.Decision.Refusal.CallerBlocked;
import dev.tollgate.Decision.Refused;
import dev.tollgate.Decision.Shadowed;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.HandScheduler;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What operators decide for single callers. */
class CallerOverrideTest {

  private static final Caller ANN = new Caller("ann b\n\u00e4", "free");
  private static final Caller BOB = new Caller("bob", "free");
  private static final Policies POLICIES =
      Policies.of(
          List.of(
              Tier.of(
                      "free",
                      Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), 5),
                      Limit.of(
                          Meter.TOKENS, 100, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC)))
                  .ladder(new Ladder(List.of(new Ladder.Rung(100, Ladder.Action.REFUSE))))),
          List.of(Route.of("chat")),
          new PriceBook(Map.of()));

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final CuttableStore store = new CuttableStore(new MemoryStore(1000, clock));
  private final HandScheduler scheduler = new HandScheduler(clock);
  private final HandScheduler otherScheduler = new HandScheduler(clock);
  private final Tollgate one = open(scheduler);
  private final Tollgate other = open(otherScheduler);

  private Tollgate open(HandScheduler background) {
    return Tollgate.builder(POLICIES, store).clock(clock).background(background).build();
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  private void pass(Duration time) {
    clock.advance(time);
    scheduler.run();
    otherScheduler.run();
  }

  private CallerOverride override(Caller caller, Effect effect, Duration time) {
    return new CallerOverride(
        caller.id(), effect, clock.instant().plus(time), "olga", "a leaked key");
  }

  private static Call chat(Caller caller) {
    return Call.of(caller, "chat");
  }

  private static int letIn(Tollgate tollgate, Caller caller, int calls) {
    int letIn = 0;
    for (int i = 0; i < calls; i++) {
      letIn += tollgate.reserve(chat(caller)) instanceof Admitted ? 1 : 0;
    }
    return letIn;
  }

  @Test
  void blockedCallerIsRefusedAndChargedNothingUntilTheDate() throws Exception {
    one.override(override(ANN, new Block(), Duration.ofHours(1)));
    clock.advance(Duration.ofMinutes(10));
    int asked = store.asked;
    Refused refused = (Refused) one.reserve(chat(ANN));
    assertThat(refused.refusal()).isEqualTo(new CallerBlocked(Duration.ofMinutes(50)));
    assertThat(store.asked).as("questions to the store").isEqualTo(asked);
    assertThat(((Refused) one.check(chat(ANN))).refusal()).isInstanceOf(CallerBlocked.class);
    assertThat(one.limits(ANN, "chat"))
        .as("a blocked caller still sees the limits, of which nothing is used")
        .hasSize(2)
        .allSatisfy(state -> assertThat(state.used()).isZero());
    assertThat(one.reserve(chat(BOB))).isInstanceOf(Admitted.class);
    clock.advance(Duration.ofMinutes(50));
    assertThat(one.reserve(chat(ANN))).isInstanceOf(Admitted.class);
    assertThat(one.overrides()).isEmpty();
  }

  @Test
  void raisedCallerMayDoMoreUntilTheDate() throws Exception {
    assertThat(letIn(one, ANN, 20)).isEqualTo(5);
    one.override(override(ANN, new Raise(300), Duration.ofHours(1)));
    assertThat(one.limits(ANN, "chat"))
        .extracting(state -> state.limit().amount())
        .containsExactly(30L, 300L);
    assertThat(letIn(one, ANN, 20)).as("what was counted stays counted").isEqualTo(10);
    assertThat(letIn(one, BOB, 20)).isEqualTo(5);
    assertThat(one.reserve(chat(BOB).estimate(200, 0))).isInstanceOf(Refused.class);
    clock.advance(Duration.ofMinutes(30));
    one.reserve(chat(ANN).estimate(200, 0)).orThrow().settle(Usage.of(200, 0));
    clock.advance(Duration.ofMinutes(30));
    assertThat(one.limits(ANN, "chat"))
        .extracting(LimitState::remaining)
        .containsExactly(5L, -100L);
  }

  @Test
  void callThatBeganWithRaisedLimitsIsSettledAfterTheirEnd() throws Exception {
    one.override(override(ANN, new Raise(1000), Duration.ofMinutes(1)));
    Reservation call = one.reserve(chat(ANN).estimate(500, 0)).orThrow();
    clock.advance(Duration.ofMinutes(2));
    call.settle(Usage.of(40, 0));
    assertThat(one.limits(ANN, "chat").get(1).used()).isEqualTo(40);
  }

  @Test
  void otherProcessesHearItWithinSeconds() throws Exception {
    one.override(override(ANN, new Block(), Duration.ofHours(1)));
    other.override(override(BOB, new Raise(200), Duration.ofMinutes(30)));
    pass(Duration.ofSeconds(5));
    assertThat(other.reserve(chat(ANN))).isInstanceOf(Refused.class);
    assertThat(letIn(one, BOB, 20)).isEqualTo(10);
    assertThat(one.overrides())
        .extracting(CallerOverride::caller)
        .containsExactly(BOB.id(), ANN.id());
    assertThat(one.overrides().get(1).reason()).isEqualTo("a leaked key");
    other.endOverride(ANN.id());
    pass(Duration.ofSeconds(5));
    assertThat(one.reserve(chat(ANN))).isInstanceOf(Admitted.class);
  }

  @Test
  void processThatStartsKnowsThemBeforeItsFirstCall() throws Exception {
    one.override(override(ANN, new Block(), Duration.ofHours(1)));
    try (Tollgate late = open(new HandScheduler(clock))) {
      assertThat(late.reserve(chat(ANN))).isInstanceOf(Refused.class);
    }
  }

  @Test
  void laterOverrideTakesThePlaceOfTheEarlierOne() throws Exception {
    one.override(override(ANN, new Block(), Duration.ofHours(1)));
    one.override(override(ANN, new Raise(200), Duration.ofHours(1)));
    assertThat(letIn(one, ANN, 20)).isEqualTo(10);
    assertThat(one.overrides()).hasSize(1);
  }

  @Test
  void blockOutlastsTheStore() throws Exception {
    one.override(override(ANN, new Block(), Duration.ofHours(1)));
    store.cut = true;
    pass(Duration.ofSeconds(10));
    assertThat(((Refused) one.reserve(chat(ANN))).refusal()).isInstanceOf(CallerBlocked.class);
    assertThatThrownBy(() -> one.endOverride(ANN.id())).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> one.reset(ANN.id())).isInstanceOf(StoreException.class);
    assertThat(one.overrides()).hasSize(1);
  }

  @Test
  void shadowModeTellsTheBlockAndLetsTheCallIn() throws Exception {
    one.reload(
        new Policies(
            POLICIES.tiers(), POLICIES.routes(), POLICIES.prices(), true, POLICIES.spending()));
    one.override(override(ANN, new Block(), Duration.ofHours(1)));
    Shadowed shadowed = (Shadowed) one.reserve(chat(ANN));
    assertThat(((Refused) shadowed.wouldBe()).refusal()).isInstanceOf(CallerBlocked.class);
    assertThat(one.limits(ANN, "chat").get(0).used()).isEqualTo(1);
  }

  @Test
  void resetGivesACallerItsLimitsBack() throws Exception {
    assertThat(letIn(one, ANN, 20)).isEqualTo(5);
    assertThat(letIn(one, BOB, 20)).isEqualTo(5);
    other.reset(ANN.id());
    assertThat(letIn(one, ANN, 20)).isEqualTo(5);
    assertThat(letIn(one, BOB, 20)).isZero();
  }

  @Test
  void overridesAreBounded() throws Exception {
    for (int i = 0; i < CallerOverrides.MAX_OVERRIDES; i++) {
      one.override(override(new Caller("c" + i, "free"), new Block(), Duration.ofHours(i + 1)));
    }
    assertThatThrownBy(() -> one.override(override(ANN, new Block(), Duration.ofHours(1))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("beside 500: end one first");
    clock.advance(Duration.ofHours(1));
    one.override(override(ANN, new Block(), Duration.ofHours(1)));
    assertThat(one.overrides()).hasSize(CallerOverrides.MAX_OVERRIDES);
  }

  @Test
  void longTextsAreBoundedToo() throws Exception {
    Effect block = new Block();
    Instant until = clock.instant().plusSeconds(60);
    String text = "\u4e2d".repeat(CallerOverride.MAX_TEXT_LENGTH);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < CallerOverrides.MAX_OVERRIDES; i++) {
                one.override(new CallerOverride("c" + i, block, until, text, text));
              }
            })
        .isInstanceOf(IllegalStateException.class);
    assertThat(one.overrides()).hasSizeGreaterThan(10);
  }

  @Test
  void overrideEndsInTheFutureAndNotTooFarAhead() {
    assertThatThrownBy(() -> one.override(override(ANN, new Block(), Duration.ZERO)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2026-03-10T12:00:00Z: choose a time within 400 days");
    assertThatThrownBy(
            () -> one.override(override(ANN, new Block(), CallerOverride.MAX_TIME.plusNanos(1))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Raise(100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("raise to 100 % of the limits: choose 101 to 10000 %");
    assertThatThrownBy(() -> new CallerOverride("", new Block(), Instant.MAX, "olga", ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyLimitCanBeRaised() {
    Limit largest = Limit.rate(Meter.TOKENS, (1L << 53) - 1, Duration.ofDays(31), (1L << 53) - 1);
    Limit slowest = Limit.rate(Meter.TOKENS, 1, Duration.ofDays(31), 117);
    assertThat(largest.raised(Raise.MAX_PERCENT)).isEqualTo(largest);
    for (int percent = 100; percent <= Raise.MAX_PERCENT; percent++) {
      assertThat(slowest.raised(percent).amount()).isEqualTo((percent + 99) / 100);
    }
    assertThat(slowest.raised(Plan.WHOLE)).isEqualTo(slowest);
  }
}
