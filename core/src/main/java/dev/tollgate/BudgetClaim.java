package dev.tollgate;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a call has taken of its provider's budget: nothing when there is no budget or it was
 * refused. Not thread-safe, but for {@link #limitReached}: its reservation guards it.
 */
final class BudgetClaim {

  /** Of a call that no budget is charged for. */
  static final BudgetClaim NONE = new BudgetClaim(null, null, 0, null);

  /** Of a call that is only asked about. */
  static final BudgetClaim UNCLAIMED = new BudgetClaim(null, null, 0, null);

  private final @Nullable BudgetAccount account;
  private final @Nullable Escrow escrow;
  private final Decision.@Nullable Refusal refusal;
  private long taken;

  private BudgetClaim(
      @Nullable BudgetAccount account,
      @Nullable Escrow escrow,
      long taken,
      Decision.@Nullable Refusal refusal) {
    this.account = account;
    this.escrow = escrow;
    this.taken = taken;
    this.refusal = refusal;
  }

  static BudgetClaim of(BudgetAccount account, Escrow escrow, long taken) {
    return new BudgetClaim(account, escrow, taken, null);
  }

  static BudgetClaim refused(Decision.Refusal refusal) {
    return new BudgetClaim(null, null, 0, refusal);
  }

  Optional<Decision.Refusal> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** Takes less, or more, for the same call. */
  void change(long amount) {
    if (escrow != null) {
      escrow.change(taken, amount);
      taken = amount;
    }
  }

  /** Charges what the call has cost instead of what it took. Once. */
  void settle(long cost) {
    if (escrow != null) {
      escrow.settle(taken, cost);
    }
  }

  /** Gives everything back: the call did not take place. Once, instead of {@link #settle}. */
  void cancel() {
    change(0);
  }

  /** Tells that the provider's own limit is reached. */
  void limitReached(String cause, Optional<Instant> until) {
    if (account != null) {
      account.limitReached(cause, until);
    }
  }
}
