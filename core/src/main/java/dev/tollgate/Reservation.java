package dev.tollgate;

import dev.tollgate.store.Hold;
import dev.tollgate.store.Store;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a call that was let in has reserved. It ends once: settled, cancelled or closed, whichever
 * comes first; what comes later changes nothing. Thread-safe.
 */
public final class Reservation implements AutoCloseable {

  /** What the engine does when a reservation ends. */
  interface Ending {
    CallRecord settle(Reservation reservation, Usage usage, OptionalLong cost, boolean reported);

    void cancel(Reservation reservation);
  }

  private final Call call;
  private final Restriction restriction;
  private final Estimate reserved;
  private final Plan plan;
  private final Store store;
  private final Hold hold;
  private final BudgetClaim claim;
  private final Instant at;
  private final Ending ending;
  private volatile boolean ended;
  private @Nullable CallRecord settled;

  Reservation(
      Call call,
      Restriction restriction,
      Estimate reserved,
      Plan plan,
      Store store,
      Hold hold,
      BudgetClaim claim,
      Instant at,
      Ending ending) {
    this.call = call;
    this.restriction = restriction;
    this.reserved = reserved;
    this.plan = plan;
    this.store = store;
    this.hold = hold;
    this.claim = claim;
    this.at = at;
    this.ending = ending;
  }

  public String id() {
    return hold.id();
  }

  public Call call() {
    return call;
  }

  /** When it was made, by the store's clock. */
  public Instant at() {
    return at;
  }

  /** What the call may use. */
  public Restriction restriction() {
    return restriction;
  }

  /** What it will likely use, under the restriction: what is charged if nobody knows better. */
  public Estimate reserved() {
    return reserved;
  }

  /** The most that the call can cost under its restriction, in nano-USD. */
  public long worstCost() {
    return plan.amounts(call, model(), restriction.clamp(call.estimate())).costNanoUsd();
  }

  /**
   * Charges what was used, at the model's price. A usage that makes no sense is clamped, see {@link
   * Usage#isPlausible}; zero is zero.
   *
   * @return what was charged; the first settlement's record when it was settled before, and an
   *     empty usage's when it was cancelled
   */
  public CallRecord settle(Usage usage) {
    return settle(usage, OptionalLong.empty(), true);
  }

  /**
   * Charges what was used, by the model that its answer names: at that model's price if the one
   * that was asked for has none of its own, or if that costs more. A server may call a model
   * otherwise, or let another one answer.
   *
   * @param answeredBy the model's name; empty, or one without a price, changes nothing
   * @return as {@link #settle(Usage)}
   */
  public CallRecord settle(Usage usage, String answeredBy) {
    long cost = plan.cost(model(), answeredBy, usage.clamped(reserved));
    return settle(usage, OptionalLong.of(cost), true);
  }

  /**
   * Charges what was used, at the cost that the provider reported.
   *
   * @param costUsd 0 or more
   * @throws IllegalArgumentException when the cost is out of the range of {@link Money#nanoUsd}
   */
  public CallRecord settle(Usage usage, BigDecimal costUsd) {
    return settle(usage, OptionalLong.of(Money.nanoUsd(costUsd)), true);
  }

  /**
   * Charges what was likely used, at the model's price, because nobody reports it: an answer that
   * broke off has used its input and what was produced. The call's row is marked estimated.
   *
   * @return as {@link #settle(Usage)}
   */
  public CallRecord settleEstimated(Usage usage) {
    return settle(usage, OptionalLong.empty(), false);
  }

  /** Charges what was reserved, because nobody knows what was used. */
  public CallRecord settleAsReserved() {
    long cost = plan.amounts(call, model(), reserved).costNanoUsd();
    return settle(reserved.toUsage(), OptionalLong.of(cost), false);
  }

  private synchronized CallRecord settle(Usage usage, OptionalLong cost, boolean reported) {
    if (!ended) {
      settled = ending.settle(this, usage, cost, reported);
      ended = true;
    }
    return settled != null ? settled : nothing();
  }

  private CallRecord nothing() {
    return new CallRecord(
        id(), at, call.caller().tier(), call.route(), model(), 0, 0, 0, CallRecord.Outcome.SETTLED);
  }

  /** Gives everything back: the call did not take place. */
  public synchronized void cancel() {
    if (!ended) {
      ending.cancel(this);
      ended = true;
    }
  }

  /**
   * Tells that the provider refused the call because a limit of its own is reached: until then its
   * calls are refused here, in all processes. Ends nothing, and does nothing when the call belongs
   * to no budget.
   *
   * @param cause which limit, in a few words that are no secret
   * @param until when the provider said that calls may come again; without it a few minutes are
   *     guessed, more when it is said again, up to an hour
   */
  public void providerLimitReached(String cause, Optional<Instant> until) {
    claim.limitReached(cause, until);
  }

  /** Whether it was settled, cancelled or closed. */
  public boolean isEnded() {
    return ended;
  }

  /** Charges what was reserved, unless it was settled or cancelled. */
  @Override
  public void close() {
    if (call.settled() && !isEnded()) {
      settleAsReserved();
    }
  }

  /** The model that is called. */
  public String model() {
    return restriction.modelFor(call.model());
  }

  Plan plan() {
    return plan;
  }

  /** The store that holds it. */
  Store store() {
    return store;
  }

  Hold hold() {
    return hold;
  }

  BudgetClaim claim() {
    return claim;
  }
}
