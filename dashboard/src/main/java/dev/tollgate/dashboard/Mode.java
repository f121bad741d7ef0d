package dev.tollgate.dashboard;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.Caller;
import dev.tollgate.CallerOverride;
import dev.tollgate.Decision;
import dev.tollgate.Decision.Refusal;
import dev.tollgate.LimitState;
import dev.tollgate.Policies;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of all calls of a caller, because of what the caller has done or what an operator
 * has decided. A rate that is used up is none of it: it flows back. Immutable.
 *
 * @param kind what becomes of them
 * @param causes why; empty in full mode
 */
record Mode(Kind kind, List<Cause> causes) {

  /** What becomes of a call. */
  enum Kind {
    FULL,
    RESTRICTED,
    REFUSED
  }

  /**
   * Why it is so.
   *
   * @param reason a sentence
   * @param until when it ends, if nothing ends it sooner; empty when nobody knows
   */
  record Cause(String reason, Optional<Instant> until) {}

  static final Mode FULL = new Mode(Kind.FULL, List.of());

  Mode {
    causes = List.copyOf(causes);
  }

  /**
   * The mode of a caller; full in shadow mode.
   *
   * @param trial what became of a call of the caller's that asks for nothing
   */
  static Mode of(Caller caller, Tollgate tollgate, Decision trial) {
    if (tollgate.policies().shadow()) {
      return FULL;
    }
    List<Cause> refused = refused(caller, tollgate, trial);
    if (!refused.isEmpty()) {
      return new Mode(Kind.REFUSED, refused);
    }
    List<Cause> restricted = restricted(caller, tollgate, trial);
    return restricted.isEmpty() ? FULL : new Mode(Kind.RESTRICTED, restricted);
  }

  boolean isRestricted() {
    return kind == Kind.RESTRICTED;
  }

  private static List<Cause> refused(Caller caller, Tollgate tollgate, Decision trial) {
    List<Cause> causes = new ArrayList<>();
    block(caller, tollgate)
        .ifPresent(
            until ->
                causes.add(
                    new Cause(
                        "An operator has blocked this caller: calls are refused.",
                        Optional.of(until))));
    abnormal(AnomalyPolicy.Action.BLOCK, caller, tollgate)
        .ifPresent(
            until ->
                causes.add(
                    new Cause(
                        "The use of this caller is abnormal: calls are refused.",
                        Optional.of(until))));
    Tier tier = tollgate.policies().tier(caller.tier());
    for (LimitState state : quotas(tier, trial)) {
      if (taken(state) >= tier.ladder().hard(state.limit().amount())) {
        causes.add(spent(state, "refused"));
      }
    }
    if (trial instanceof Decision.Refused refusal
        && refusal.refusal() instanceof Refusal.StoreUnavailable) {
      String reason = "Limits cannot be checked at the moment: calls are refused.";
      causes.add(new Cause(reason, Optional.empty()));
    }
    return causes;
  }

  private static List<Cause> restricted(Caller caller, Tollgate tollgate, Decision trial) {
    List<Cause> causes = new ArrayList<>();
    abnormal(AnomalyPolicy.Action.RESTRICT, caller, tollgate)
        .ifPresent(
            until ->
                causes.add(
                    new Cause(
                        "The use of this caller is abnormal: calls are restricted.",
                        Optional.of(until))));
    Tier tier = tollgate.policies().tier(caller.tier());
    for (LimitState state : quotas(tier, trial)) {
      if (taken(state) >= tier.ladder().soft(state.limit().amount())) {
        causes.add(spent(state, "restricted"));
      }
    }
    return causes;
  }

  private static Optional<Instant> block(Caller caller, Tollgate tollgate) {
    return tollgate.overrides().stream()
        .filter(override -> override.caller().equals(caller.id()))
        .filter(override -> override.effect() instanceof CallerOverride.Block)
        .map(CallerOverride::until)
        .findFirst();
  }

  private static Optional<Instant> abnormal(
      AnomalyPolicy.Action action, Caller caller, Tollgate tollgate) {
    Policies policies = tollgate.policies();
    return policies.spending().anomalies().action() == action
        ? tollgate.abnormalUntil(caller)
        : Optional.empty();
  }

  /** Those of the tier, as they stand: a route's own quota is no matter of all calls. */
  private static List<LimitState> quotas(Tier tier, Decision trial) {
    return trial.limits().stream()
        .filter(state -> state.limit().isQuota())
        .filter(
            state ->
                tier.limits().stream().anyMatch(limit -> limit.name().equals(state.limit().name())))
        .toList();
  }

  private static long taken(LimitState state) {
    return state.used() + state.held();
  }

  private static Cause spent(LimitState state, String effect) {
    String spent = state.remaining() > 0 ? " is nearly used up" : " is used up";
    String reason = Words.limit(state.limit()) + spent + ": calls are " + effect + ".";
    return new Cause(reason, Optional.of(state.resetsAt()));
  }
}
