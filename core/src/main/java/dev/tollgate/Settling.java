package dev.tollgate;

import java.util.List;
import java.util.OptionalLong;

/** Ends reservations: charges what was used wherever it counts, or gives it back. Thread-safe. */
final class Settling implements Reservation.Ending {

  private final StoreGuard guard;
  private final OutputForecast forecast;
  private final SpendBreakers breakers;
  private final CallListeners listeners;
  private final Notices notices;

  Settling(
      StoreGuard guard,
      OutputForecast forecast,
      SpendBreakers breakers,
      CallListeners listeners,
      Notices notices) {
    this.guard = guard;
    this.forecast = forecast;
    this.breakers = breakers;
    this.listeners = listeners;
    this.notices = notices;
  }

  @Override
  public CallRecord settle(
      Reservation reservation, Usage usage, OptionalLong cost, boolean reported) {
    Usage plausible = usage.clamped(reservation.reserved());
    if (!usage.isPlausible()) {
      notices.implausible(reservation, usage);
    }
    Call call = reservation.call();
    Amounts priced = reservation.plan().amounts(call, reservation.model(), plausible);
    Amounts amounts =
        new Amounts(priced.requests(), priced.tokens(), cost.orElse(priced.costNanoUsd()));
    CallRecord row = row(reservation, plausible, amounts.costNanoUsd(), reported);
    if (reported) {
      learn(reservation, plausible);
    }
    reservation.claim().settle(amounts.costNanoUsd());
    if (call.settled()) {
      breakers.settled(call, reservation.model(), amounts.costNanoUsd());
    }
    if (reservation.hold().isKept()) {
      post(reservation, amounts, row);
    }
    listeners.charged(call, plausible, row);
    return row;
  }

  private static CallRecord row(
      Reservation reservation, Usage usage, long costNanoUsd, boolean reported) {
    return new CallRecord(
        reservation.id(),
        reservation.at(),
        reservation.call().caller().tier(),
        reservation.call().route(),
        reservation.model(),
        usage.inputTokens(),
        usage.outputTokens(),
        costNanoUsd,
        reported ? CallRecord.Outcome.SETTLED : CallRecord.Outcome.ESTIMATED);
  }

  /** A restricted call says nothing about what calls would use. */
  private void learn(Reservation reservation, Usage usage) {
    Call call = reservation.call();
    if (call.settled() && reservation.restriction().equals(Restriction.NONE)) {
      forecast.observe(
          call.route(), reservation.model(), call.estimate().outputTokens(), usage.outputTokens());
    }
  }

  private void post(Reservation reservation, Amounts amounts, CallRecord row) {
    Plan plan = reservation.plan();
    Call call = reservation.call();
    List<Long> actual = plan.actual(call, amounts, reservation.hold().parts());
    guard.settle(
        reservation.store(),
        reservation.hold(),
        actual,
        row.toRow(),
        receipt -> notices.crossed(plan, call.caller(), receipt));
  }

  @Override
  public void cancel(Reservation reservation) {
    reservation.claim().cancel();
    if (!reservation.hold().parts().isEmpty()) {
      guard.cancel(reservation.store(), reservation.hold());
    }
  }
}
