package dev.tollgate.dashboard;

import dev.tollgate.Call;
import dev.tollgate.Decision;
import dev.tollgate.Estimate;
import dev.tollgate.Limit;
import dev.tollgate.LimitState;
import dev.tollgate.Money;
import dev.tollgate.Price;
import dev.tollgate.Restriction;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a call would cost if it were made now, as its JSON shows it. Costs are decimal strings of
 * dollars. Immutable.
 *
 * @param inputTokens as they are counted
 * @param outputTokens as they are likely, from what such calls have used
 * @param costUsd the cost of these
 * @param low the cost of an answer of one token
 * @param high the most that the call can cost
 * @param decision {@code admitted}, {@code restricted} or {@code refused}
 * @param bindingLimit the limit that restricts or refuses it, {@code null} for none
 */
record Quote(
    long inputTokens,
    long outputTokens,
    String costUsd,
    String low,
    String high,
    String decision,
    @Nullable String bindingLimit) {

  /**
   * What a call would cost; charges nothing.
   *
   * @throws IllegalArgumentException when the caller's tier or the route does not exist
   */
  static Quote of(Call call, Tollgate tollgate) {
    Decision decision = tollgate.check(call);
    Restriction restriction = decision.restriction();
    Estimate most = restriction.clamp(call.estimate());
    Estimate likely = restriction.clamp(tollgate.likely(call));
    Price price = tollgate.policies().prices().price(restriction.modelFor(call.model()));
    return new Quote(
        likely.inputTokens(),
        likely.outputTokens(),
        dollars(price.cost(likely.toUsage())),
        dollars(price.cost(Usage.of(most.inputTokens(), 1))),
        dollars(price.worstCost(most)),
        verdict(decision),
        binding(decision).map(Limit::name).orElse(null));
  }

  private static String verdict(Decision decision) {
    if (decision instanceof Decision.Refused) {
      return "refused";
    }
    return decision instanceof Decision.Restricted ? "restricted" : "admitted";
  }

  private static Optional<Limit> binding(Decision decision) {
    if (decision instanceof Decision.Refused refused) {
      return refused.refusal() instanceof Decision.Refusal.LimitExceeded exceeded
          ? Optional.of(exceeded.binding().limit())
          : Optional.empty();
    }
    return decision instanceof Decision.Restricted ? fullest(decision) : Optional.empty();
  }

  /** The quota of which the least part is left. */
  private static Optional<Limit> fullest(Decision decision) {
    return decision.limits().stream()
        .filter(state -> state.limit().isQuota())
        .min(Comparator.comparingDouble(Quote::partLeft))
        .map(LimitState::limit);
  }

  private static double partLeft(LimitState state) {
    return (double) state.remaining() / state.limit().amount();
  }

  private static String dollars(long nanoUsd) {
    return Money.usd(nanoUsd).toPlainString();
  }
}
