package dev.tollgate.dashboard;

import dev.tollgate.BreakerState;
import dev.tollgate.BreakerStatus;
import dev.tollgate.BudgetStatus;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Criticality;
import dev.tollgate.Decision;
import dev.tollgate.Decision.Refusal;
import dev.tollgate.Policies;
import dev.tollgate.Provider;
import dev.tollgate.ProviderBudget;
import dev.tollgate.ProviderLatch;
import dev.tollgate.SpendScope;
import dev.tollgate.Tollgate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Calls that are refused whatever the caller has done. Callers are not told which provider it is
 * about. Immutable.
 *
 * @param reason which calls, and why: a sentence
 * @param until when they may go on, at the earliest; empty when nobody knows
 */
record Halt(String reason, Optional<Instant> until) {

  /** Tokens in and out of the small call by which a budget is tried. */
  private static final int TRIAL_TOKENS = 500;

  /** A budget is nearly spent when no more than this part of it, a twentieth, is left. */
  private static final int LAST_PART = 20;

  /** What is halted of a caller's calls; nothing in shadow mode. Charges nothing. */
  static List<Halt> of(Caller caller, Tollgate tollgate, Instant now) {
    Policies policies = tollgate.policies();
    if (policies.shadow() || policies.routes().isEmpty()) {
      return List.of();
    }
    List<Halt> halts = new ArrayList<>();
    for (BreakerStatus breaker : tollgate.breakers()) {
      if (breaker.state() != BreakerState.CLOSED && concerns(breaker.scope(), caller)) {
        halts.add(of(breaker, caller, tollgate, now));
      }
    }
    for (BudgetStatus status : tollgate.budgets()) {
      if (isNearlySpent(status)) {
        of(status, caller, tollgate, now).ifPresent(halts::add);
      }
    }
    return List.copyOf(halts);
  }

  private static boolean concerns(SpendScope scope, Caller caller) {
    return scope.kind() != SpendScope.Kind.TIER || scope.name().equals(caller.tier());
  }

  private static Halt of(BreakerStatus breaker, Caller caller, Tollgate tollgate, Instant now) {
    SpendScope scope = breaker.scope();
    String calls =
        switch (scope.kind()) {
          case APPLICATION, TIER -> "optional and background calls";
          case ROUTE -> "optional and background calls of " + scope.name();
          case PROVIDER -> "optional and background calls of some models";
        };
    if (breaker.state() == BreakerState.HALF_OPEN) {
      return new Halt("Spending was abnormal: one in ten " + calls + " goes on.", Optional.empty());
    }
    Call call = trial(scope, caller, tollgate.policies()).criticality(Criticality.OPTIONAL);
    Optional<Instant> until =
        refusal(tollgate, call)
            .filter(
                refusal ->
                    refusal instanceof Refusal.SpendHalted halted && halted.scope().equals(scope))
            .flatMap(Refusal::retryAfter)
            .map(now::plus);
    return new Halt("Spending is abnormal: " + calls + " are refused.", until);
  }

  /** Otherwise a small budget has no room for the trial, but may have it for a smaller call. */
  private static boolean isNearlySpent(BudgetStatus status) {
    ProviderBudget budget = status.budget();
    long last = budget.essentialReserve() + budget.limit().amount() / LAST_PART;
    long left = status.remaining() + Math.min(0, status.free());
    return status.latch().isPresent() || left <= last;
  }

  private static Optional<Halt> of(
      BudgetStatus status, Caller caller, Tollgate tollgate, Instant now) {
    ProviderBudget budget = status.budget();
    Call call = trial(budget.provider(), caller, tollgate.policies());
    Optional<Refusal> refusal = exhausted(tollgate, budget, call, Criticality.OPTIONAL);
    if (refusal.isEmpty()) {
      return Optional.empty();
    }
    boolean isWhole = exhausted(tollgate, budget, call, Criticality.ESSENTIAL).isPresent();
    boolean isOnly = tollgate.policies().spending().providers().size() == 1;
    String calls =
        (isWhole ? "calls" : "calls that are not essential") + (isOnly ? "" : " of some models");
    Optional<Instant> until =
        refusal.get().retryAfter().map(now::plus).or(() -> Optional.of(reset(status)));
    return Optional.of(
        new Halt("The spending limit is reached: " + calls + " are refused.", until));
  }

  private static Optional<Refusal> exhausted(
      Tollgate tollgate, ProviderBudget budget, Call call, Criticality criticality) {
    return refusal(tollgate, call.criticality(criticality))
        .filter(
            refusal ->
                refusal instanceof Refusal.BudgetExhausted spent
                    && spent.provider().equals(budget.provider()));
  }

  private static Instant reset(BudgetStatus status) {
    return status.latch().map(ProviderLatch::until).orElse(status.resetsAt());
  }

  private static Optional<Refusal> refusal(Tollgate tollgate, Call call) {
    return tollgate.check(call) instanceof Decision.Refused refused
        ? Optional.of(refused.refusal())
        : Optional.empty();
  }

  private static Call trial(SpendScope scope, Caller caller, Policies policies) {
    if (scope.kind() == SpendScope.Kind.PROVIDER) {
      return trial(scope.name(), caller, policies);
    }
    boolean isKnown = policies.routes().containsKey(scope.name());
    return trial(caller, isKnown ? scope.name() : anyRoute(policies));
  }

  private static Call trial(String provider, Caller caller, Policies policies) {
    return policies.spending().providers().stream()
        .filter(known -> known.name().equals(provider))
        .findFirst()
        .map(known -> trial(known, caller, policies))
        .orElseGet(() -> trial(caller, anyRoute(policies)));
  }

  /** A call that belongs to it: a pattern without its stars is a model that it matches. */
  private static Call trial(Provider provider, Caller caller, Policies policies) {
    String route =
        new TreeSet<>(provider.routes())
            .stream()
                .filter(policies.routes()::containsKey)
                .findFirst()
                .orElseGet(() -> anyRoute(policies));
    String model =
        provider.models().stream().findFirst().map(pattern -> pattern.replace("*", "")).orElse("");
    return trial(caller, route).model(model);
  }

  private static Call trial(Caller caller, String route) {
    return Call.of(caller, route).requests(0).estimate(TRIAL_TOKENS, TRIAL_TOKENS);
  }

  private static String anyRoute(Policies policies) {
    return new TreeSet<>(policies.routes().keySet()).first();
  }
}
