package dev.tollgate;

import dev.tollgate.store.Charge;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides calls by what their callers and providers have left: first claims the provider's money,
 * then asks the store about the caller's limits, once. Thread-safe.
 */
final class Admission {

  private static final Duration UNAVAILABLE_PAUSE = Duration.ofSeconds(1);

  private final StoreGuard guard;
  private final Store unlimited;
  private final Budgets budgets;
  private final OutputForecast forecast;
  private final Notices notices;
  private final Reservation.Ending ending;
  private final long holdMicros;
  private final InstantSource clock;

  /**
   * @param ending what the reservations that it makes end by
   * @param holdFor how long these may stay unsettled
   */
  Admission(
      StoreGuard guard,
      Budgets budgets,
      OutputForecast forecast,
      Notices notices,
      Reservation.Ending ending,
      Duration holdFor,
      InstantSource clock) {
    this.guard = guard;
    this.unlimited = new UnlimitedStore(clock);
    this.budgets = budgets;
    this.forecast = forecast;
    this.notices = notices;
    this.ending = ending;
    this.holdMicros = holdFor.toNanos() / 1000;
    this.clock = clock;
  }

  /**
   * What becomes of a call.
   *
   * @param id the reservation's, if it gets one
   */
  Decision decide(Policies policies, Plan plan, Call call, String id) {
    return policies.prices().refuses(call.model()) ? unpriced(call) : decide(plan, call, id);
  }

  /** Lets a call in whatever would become of it: the decision tells which that is. */
  Decision shadow(Policies policies, Plan plan, Call call, String id) {
    return shadow(plan, call, decide(policies, plan, call, id), id);
  }

  /** What would become of a call now: charges nothing, its reservation has ended. */
  Decision check(Policies policies, Plan plan, Call call) {
    if (policies.prices().refuses(call.model())) {
      return unpriced(call);
    }
    Optional<Decision.Refusal> unpaid =
        call.settled()
            ? budgets.check(call, plan.criticality(call), plan.worstCost(call))
            : Optional.empty();
    return unpaid.isPresent()
        ? new Decision.Refused(call, List.of(), unpaid.get())
        : check(plan, call);
  }

  private Decision check(Plan plan, Call call) {
    try {
      List<Charge> charges = plan.charges(call, likely(call));
      Receipt receipt = guard.read(call.caller().id(), charges);
      Hold nothing = new Hold(call.caller().id(), "check", 0, List.of());
      Receipt admitting =
          new Receipt(
              receipt.outcome(), receipt.atMicros(), receipt.balances(), Optional.of(nothing));
      StoreGuard.Answer answer = new StoreGuard.Answer(unlimited, admitting);
      Decision decision = decision(plan, call, charges, answer, BudgetClaim.UNCLAIMED);
      if (!(decision instanceof Decision.Refused)) {
        decision.orThrow().cancel();
      }
      return decision;
    } catch (StoreException unanswered) {
      return unavailable(call);
    }
  }

  private Decision decide(Plan plan, Call call, String id) {
    BudgetClaim claim =
        call.settled()
            ? budgets.claim(call, call.model(), plan.criticality(call), plan.worstCost(call))
            : BudgetClaim.NONE;
    return claim.refusal().isPresent()
        ? new Decision.Refused(call, List.of(), claim.refusal().get())
        : decide(plan, call, id, claim);
  }

  private Decision decide(Plan plan, Call call, String id, BudgetClaim claim) {
    List<Charge> charges = plan.charges(call, likely(call));
    Request request =
        new Request(
            call.caller().id(),
            id,
            charges,
            call.settled() ? holdMicros : 0,
            call.settled() ? memo(plan, call, id) : "");
    Decision decision =
        guard
            .reserve(request)
            .map(answer -> decision(plan, call, charges, answer, claim))
            .orElseGet(() -> unavailable(call));
    if (decision instanceof Decision.Refused) {
      claim.cancel();
    }
    return decision;
  }

  private Decision decision(
      Plan plan, Call call, List<Charge> charges, StoreGuard.Answer answer, BudgetClaim claimed) {
    Receipt receipt = answer.receipt();
    List<LimitState> states = plan.states(receipt);
    notices.crossed(plan, call.caller(), receipt);
    if (receipt.outcome() == Outcome.REFUSED) {
      return new Decision.Refused(call, states, refusal(plan, receipt, states));
    }
    boolean restricted = receipt.outcome() == Outcome.REDUCED;
    Restriction restriction = restricted ? plan.tier().restriction() : Restriction.NONE;
    BudgetClaim claim = restricted ? restricted(plan, call, claimed) : claimed;
    if (claim.refusal().isPresent()) {
      guard.cancel(answer.store(), receipt.admitted().orElseThrow());
      return new Decision.Refused(call, states, claim.refusal().get());
    }
    Reservation reservation =
        new Reservation(
            call,
            restriction,
            restricted ? restriction.clamp(call.estimate()) : likely(call),
            plan,
            answer.store(),
            receipt.admitted().orElseThrow(),
            claim,
            LimitState.instant(receipt.atMicros()),
            ending);
    return restricted
        ? new Decision.Restricted(
            call, states, reservation, restriction, causes(plan, charges, receipt, states))
        : new Decision.Admitted(call, states, reservation);
  }

  private static Decision.Refusal refusal(Plan plan, Receipt receipt, List<LimitState> states) {
    return plan.watch().flatMap(watch -> watch.refusal(receipt)).orElseGet(() -> refusal(states));
  }

  private BudgetClaim restricted(Plan plan, Call call, BudgetClaim claim) {
    return call.settled()
        ? budgets.restricted(
            claim,
            call,
            plan.tier().restriction().modelFor(call.model()),
            plan.criticality(call),
            plan.worstRestrictedCost(call))
        : claim;
  }

  private static Decision.Refusal refusal(List<LimitState> states) {
    List<LimitState> exceeded =
        states.stream()
            .filter(state -> !state.fits())
            .sorted(Comparator.comparingLong(LimitState::waitMicros).reversed())
            .toList();
    return exceeded.isEmpty()
        ? new Decision.Refusal.TooManyOpenCalls(UNAVAILABLE_PAUSE)
        : new Decision.Refusal.LimitExceeded(exceeded);
  }

  /** Without the store the limits are a share of the plan's: then those that are used up. */
  private static List<Limit> causes(
      Plan plan, List<Charge> charges, Receipt receipt, List<LimitState> states) {
    List<Limit> causes = plan.causes(charges, receipt);
    return causes.isEmpty() ? usedUp(states) : causes;
  }

  private static List<Limit> usedUp(List<LimitState> states) {
    return states.stream()
        .filter(state -> state.limit().isQuota() && state.remaining() <= 0)
        .map(LimitState::limit)
        .toList();
  }

  private static Decision unpriced(Call call) {
    return new Decision.Refused(call, List.of(), new Decision.Refusal.UnpricedModel(call.model()));
  }

  private static Decision unavailable(Call call) {
    return new Decision.Refused(
        call, List.of(), new Decision.Refusal.StoreUnavailable(UNAVAILABLE_PAUSE));
  }

  /** What was not taken whole is let in uncounted, or counted as restricted but not restricted. */
  private Decision shadow(Plan plan, Call call, Decision decision, String id) {
    if (decision instanceof Decision.Admitted) {
      return decision;
    }
    Store store = unlimited;
    Hold hold = new Hold(call.caller().id(), id, 0, List.of());
    BudgetClaim claim = BudgetClaim.NONE;
    if (decision instanceof Decision.Restricted restricted) {
      store = restricted.reservation().store();
      hold = restricted.reservation().hold();
      claim = restricted.reservation().claim();
    }
    Reservation reservation =
        new Reservation(
            call,
            Restriction.NONE,
            likely(call),
            plan,
            store,
            hold,
            claim,
            clock.instant(),
            ending);
    return new Decision.Shadowed(call, reservation, decision);
  }

  /** What a call will likely use, at most its estimate. */
  Estimate likely(Call call) {
    return forecast.likely(call.route(), call.model(), call.estimate());
  }

  private String memo(Plan plan, Call call, String id) {
    Estimate estimate = likely(call);
    return new CallRecord(
            id,
            clock.instant(),
            call.caller().tier(),
            call.route(),
            call.model(),
            estimate.inputTokens(),
            estimate.outputTokens(),
            plan.amounts(call, call.model(), estimate).costNanoUsd(),
            CallRecord.Outcome.UNSETTLED)
        .toRow();
  }
}
