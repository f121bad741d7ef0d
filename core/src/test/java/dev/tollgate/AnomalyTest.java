package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Decision.Admitted;
import dev.tollgate.Decision.Refusal.AbnormalUsage;
import dev.tollgate.Decision.Refused;
import dev.tollgate.Decision.Restricted;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a caller whose requests grow many times over. */
class AnomalyTest {

  private static final Caller BOT = new Caller("bot", "free");
  private static final Limit RATE = Limit.rate(Meter.REQUESTS, 1000, Duration.ofMinutes(1), 1000);

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final Store store = new MemoryStore(1000, clock);
  private final BlockingQueue<Alert> alerts = new LinkedBlockingQueue<>();

  private Tollgate open(AnomalyPolicy.Action action) {
    AnomalyPolicy anomalies = new AnomalyPolicy(action, Map.of("free", 10L));
    Policies policies =
        Policies.of(
                List.of(Tier.of("free", RATE)), List.of(Route.of("chat")), new PriceBook(Map.of()))
            .with(new Spending(List.of(), BreakerPolicy.OFF, anomalies));
    return Tollgate.builder(policies, store).clock(clock).onAlert(alerts::add).build();
  }

  private static Decision last(Tollgate tollgate, int requests) {
    Decision decision = tollgate.check(Call.of(BOT, "chat"));
    for (int i = 0; i < requests; i++) {
      decision = tollgate.reserve(Call.of(BOT, "chat").estimate(100_000, 100_000));
      if (!(decision instanceof Refused)) {
        decision.orThrow().settle(Usage.of(10, 10));
      }
    }
    return decision;
  }

  @Test
  void anomalyIsToldOnceByWhicheverProcessSeesIt() throws Exception {
    try (Tollgate one = open(AnomalyPolicy.Action.ALERT);
        Tollgate other = open(AnomalyPolicy.Action.ALERT)) {
      last(one, 30);
      assertThat(last(other, 30)).isInstanceOf(Admitted.class);
      Alert alert = alerts.poll(5, TimeUnit.SECONDS);
      assertThat(alert).isNotNull();
      assertThat(alert.kind()).isEqualTo(Alert.Kind.ANOMALY);
      assertThat(alert.subject()).isEqualTo("bot");
      assertThat(alert.at()).isEqualTo(clock.instant());
      assertThat(alert.message())
          .isEqualTo("46 requests within 10 minutes: more than 45 are abnormal for this caller");
      assertThat(alert.details())
          .containsEntry("window", "10 minutes")
          .containsEntry("count", "46")
          .containsEntry("expected", "45")
          .containsEntry("action", "alert");
      last(one, 100);
      assertThat(alerts.poll(100, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  @Test
  void abnormalCallerIsRestrictedForADay() {
    try (Tollgate tollgate = open(AnomalyPolicy.Action.RESTRICT)) {
      assertThat(last(tollgate, 46)).as("the one that shows it").isInstanceOf(Admitted.class);
      Restricted restricted = (Restricted) last(tollgate, 1);
      assertThat(restricted.restriction()).isEqualTo(Restriction.DEFAULT);
      assertThat(restricted.causes()).isEmpty();
      clock.advance(Duration.ofHours(24));
      assertThat(last(tollgate, 1)).isInstanceOf(Admitted.class);
    }
  }

  @Test
  void abnormalCallerIsBlockedForADayAndToldForHowLong() {
    try (Tollgate tollgate = open(AnomalyPolicy.Action.BLOCK)) {
      last(tollgate, 46);
      clock.advance(Duration.ofHours(1));
      Refused refused = (Refused) last(tollgate, 1);
      assertThat(refused.refusal()).isEqualTo(new AbnormalUsage(Duration.ofHours(23)));
      assertThat(refused.limits()).extracting(LimitState::limit).containsExactly(RATE);
      clock.advance(Duration.ofHours(23));
      assertThat(last(tollgate, 1)).isInstanceOf(Admitted.class);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OFF")
  void itIsKnownUntilWhenACallerIsAbnormal(AnomalyPolicy.Action action) {
    try (Tollgate tollgate = open(action)) {
      assertThat(tollgate.abnormalUntil(BOT)).isEmpty();
      Instant end = clock.instant().plus(Duration.ofHours(24));
      last(tollgate, 46);
      clock.advance(Duration.ofHours(23));
      assertThat(tollgate.abnormalUntil(BOT)).contains(end);
      clock.advance(Duration.ofHours(1));
      assertThat(tollgate.abnormalUntil(BOT)).isEmpty();
    }
  }

  @Test
  void detectorIsNoLimitAndOffMeansThatNothingIsCounted() {
    try (Tollgate watching = open(AnomalyPolicy.Action.BLOCK)) {
      assertThat(watching.reserve(Call.of(BOT, "chat")).limits())
          .extracting(LimitState::limit)
          .containsExactly(RATE);
    }
    try (Tollgate tollgate = open(AnomalyPolicy.Action.OFF)) {
      assertThat(last(tollgate, 500)).isInstanceOf(Admitted.class);
      assertThat(tollgate.abnormalUntil(BOT)).isEmpty();
      assertThat(alerts).isEmpty();
    }
  }
}
