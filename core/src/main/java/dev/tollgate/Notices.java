package dev.tollgate;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Receipt;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Turns what the engine notices about calls and the store into alerts. Thread-safe. */
final class Notices {

  /** No model's name, as it has a blank. */
  static final String OTHER_MODELS = "other models";

  private final Consumer<Alert> alerts;
  private final InstantSource clock;
  private final UnpricedModels unpriced = new UnpricedModels();

  Notices(Consumer<Alert> alerts, InstantSource clock) {
    this.alerts = alerts;
    this.clock = clock;
  }

  /** Tells of the rungs that an operation of the store has crossed. */
  void crossed(Plan plan, Caller caller, Receipt receipt) {
    plan.watch().flatMap(watch -> watch.alert(caller, receipt)).ifPresent(alerts);
    for (int i = 0; i < plan.limits(receipt); i++) {
      Balance balance = receipt.balances().get(i);
      List<Ladder.Rung> rungs = plan.tier().ladder().rungs();
      int last = Math.min(balance.crossedTo(), rungs.size());
      for (int rung = balance.crossedFrom(); rung < last; rung++) {
        reached(caller, plan.limit(i), rungs.get(rung), balance, receipt.atMicros());
      }
    }
  }

  private void reached(
      Caller caller, Limit limit, Ladder.Rung rung, Balance balance, long atMicros) {
    alerts.accept(
        new Alert(
            Alert.Kind.QUOTA_REACHED,
            LimitState.instant(atMicros),
            caller.id(),
            limit.name() + " " + rung.percent() + "% " + LimitState.instant(balance.startMicros()),
            rung.percent() + " % of " + limit.name() + " is used",
            Map.of(
                "limit", limit.name(),
                "tier", caller.tier(),
                "percent", Integer.toString(rung.percent()),
                "action", rung.action().name())));
  }

  /** Tells of a model if it has no price. */
  void unpriced(Policies policies, String model) {
    if (model.isEmpty()
        || policies.prices().find(model).isPresent()
        || !unpriced.isTold(model, clock.instant())) {
      return;
    }
    String message =
        policies.prices().refuses(model)
            ? "model has no price and is refused"
            : policies.prices().isEmpty()
                ? "no price is known for any model: cost is not counted"
                : "model has no price and is charged at the dearest known one";
    alerts.accept(new Alert(Alert.Kind.UNPRICED_MODEL, clock.instant(), model, message, Map.of()));
  }

  /** Tells how many models without a price were not told one by one. */
  void otherUnpriced() {
    Instant now = clock.instant();
    unpriced
        .takeOthers(now)
        .ifPresent(
            others ->
                alerts.accept(
                    new Alert(
                        Alert.Kind.UNPRICED_MODEL,
                        now,
                        OTHER_MODELS,
                        "and " + others + " more models without a price were called in an hour",
                        Map.of("models", Long.toString(others)))));
  }

  /** Tells that a provider reported what cannot be. */
  void implausible(Reservation reservation, Usage usage) {
    alerts.accept(
        new Alert(
            Alert.Kind.IMPLAUSIBLE_USAGE,
            clock.instant(),
            reservation.call().caller().id(),
            "a provider reported usage that makes no sense; it was clamped",
            Map.of("usage", usage.toString(), "model", reservation.model())));
  }

  /** Tells that the store has stopped answering, or answers again. */
  void store(boolean degraded) {
    Instant now = clock.instant();
    alerts.accept(
        new Alert(
            degraded ? Alert.Kind.STORE_DEGRADED : Alert.Kind.STORE_RECOVERED,
            now,
            "store",
            now.truncatedTo(ChronoUnit.HOURS).toString(),
            degraded ? "the store does not answer" : "the store answers again",
            Map.of()));
  }
}
