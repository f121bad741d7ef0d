package dev.tollgate;

import java.time.Instant;
import java.util.Optional;

/**
 * How a provider's budget stands. Money is in nano-USD.
 *
 * @param budget as it is configured
 * @param startsAt when its window began
 * @param resetsAt when its window ends
 * @param posted what is known to be spent: the rest of what was spent is in {@code leased}
 * @param leased what processes have leased to spend it
 * @param free what this process has leased and no call has taken; negative when in debt
 * @param latch what the provider said of its own limit, while calls are refused because of it
 * @param review how the limit compares with what is expected
 * @param isCurrent whether the store has just said so; otherwise it is what it said last
 */
public record BudgetStatus(
    ProviderBudget budget,
    Instant startsAt,
    Instant resetsAt,
    long posted,
    long leased,
    long free,
    Optional<ProviderLatch> latch,
    BudgetReview review,
    boolean isCurrent) {

  /** What nobody has spent or leased; negative when in debt. */
  public long remaining() {
    return budget.limit().amount() - posted - leased;
  }
}
