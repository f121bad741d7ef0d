package dev.tollgate;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Surge;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Watches a tier's callers for abnormal use: one more counter beside those of their limits, decided
 * by the store in the same operation. Immutable.
 */
record AnomalyWatch(Surge surge) {

  private static final String COUNTER = "anomaly";

  /** Empty when callers are not watched. */
  static Optional<AnomalyWatch> of(AnomalyPolicy policy, Tier tier) {
    if (policy.action() == AnomalyPolicy.Action.OFF) {
      return Optional.empty();
    }
    Window.Calendar days = new Window.Calendar(Window.Unit.DAY, zone(tier));
    Surge.Action action = Surge.Action.valueOf(policy.action().name());
    return Optional.of(
        new AnomalyWatch(new Surge(days, policy.expectedDaily(tier.name()), action)));
  }

  /** The zone that the tier's quotas go by. */
  private static ZoneId zone(Tier tier) {
    return tier.limits().stream()
        .map(Limit::window)
        .filter(Window.Calendar.class::isInstance)
        .map(window -> ((Window.Calendar) window).zone())
        .findFirst()
        .orElse(ZoneOffset.UTC);
  }

  Charge charge(Call call) {
    return Charge.of(COUNTER, surge, call.requests());
  }

  /** What is asked for to see how the counter stands. */
  Charge charge() {
    return Charge.of(COUNTER, surge, 0);
  }

  /** Until when the use counts as abnormal; empty when it does not. */
  Optional<Instant> until(Receipt receipt) {
    return balance(receipt)
        .filter(balance -> balance.crossedTo() > 0)
        .map(balance -> LimitState.instant(balance.endMicros()));
  }

  /** What to tell if the operation has found the use abnormal. */
  Optional<Alert> alert(Caller caller, Receipt receipt) {
    return balance(receipt)
        .filter(balance -> balance.crossedTo() > 0 && balance.crossedFrom() == 0)
        .map(balance -> alert(caller, balance, receipt.atMicros()));
  }

  private Alert alert(Caller caller, Balance balance, long atMicros) {
    String window =
        switch (Surge.Span.values()[balance.crossedTo() - 1]) {
          case TEN_MINUTES -> "10 minutes";
          case HOUR -> "1 hour";
          case DAY -> "1 day";
        };
    long expected = balance.posted() + balance.remaining();
    return new Alert(
        Alert.Kind.ANOMALY,
        LimitState.instant(atMicros),
        caller.id(),
        balance.posted()
            + " requests within "
            + window
            + ": more than "
            + expected
            + " are abnormal for this caller",
        Map.of(
            "window", window,
            "count", Long.toString(balance.posted()),
            "expected", Long.toString(expected),
            "action", surge.action().name().toLowerCase(Locale.ROOT),
            "tier", caller.tier()));
  }

  /** Why the operation was refused, if that is because the use is abnormal. */
  Optional<Decision.Refusal> refusal(Receipt receipt) {
    return balance(receipt)
        .filter(balance -> balance.waitMicros() > 0)
        .map(
            balance ->
                new Decision.Refusal.AbnormalUsage(
                    Duration.ofNanos(Math.multiplyExact(balance.waitMicros(), 1000))));
  }

  private static Optional<Balance> balance(Receipt receipt) {
    return receipt.balances().stream()
        .filter(balance -> balance.counter().equals(COUNTER))
        .findFirst();
  }
}
