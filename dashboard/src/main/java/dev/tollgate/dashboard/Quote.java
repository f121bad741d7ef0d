package dev.tollgate.dashboard;

import dev.tollgate.Call;
import dev.tollgate.Decision;
import dev.tollgate.Estimate;
import dev.tollgate.Limit;
import dev.tollgate.Money;
import dev.tollgate.Price;
import dev.tollgate.Restriction;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
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
 * @param bindingLimit what restricts or refuses it, {@code null} if nothing does: the name of the
 *     limit that the call does not fit into, or {@code provider-budget}, {@code breaker}, {@code
 *     unpriced-model}, {@code blocked}, {@code abnormal-usage}, {@code open-calls} or {@code store}
 */
record Quote(
    long inputTokens,
    long outputTokens,
    String costUsd,
    String low,
    String high,
    String decision,
    @Nullable String bindingLimit) {

  private static final String ABNORMAL = "abnormal-usage";

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
        binding(decision).orElse(null));
  }

  private static String verdict(Decision decision) {
    if (decision instanceof Decision.Refused) {
      return "refused";
    }
    return decision instanceof Decision.Restricted ? "restricted" : "admitted";
  }

  private static Optional<String> binding(Decision decision) {
    if (decision instanceof Decision.Refused refused) {
      return Optional.of(cause(refused.refusal()));
    }
    if (decision instanceof Decision.Restricted restricted) {
      return Optional.of(
          restricted.causes().stream().findFirst().map(Limit::name).orElse(ABNORMAL));
    }
    return Optional.empty();
  }

  /** No provider is named: which of them there are is not the caller's business. */
  private static String cause(Decision.Refusal refusal) {
    if (refusal instanceof Decision.Refusal.LimitExceeded exceeded) {
      return exceeded.binding().limit().name();
    }
    if (refusal instanceof Decision.Refusal.BudgetExhausted
        || refusal instanceof Decision.Refusal.BudgetInUse) {
      return "provider-budget";
    }
    if (refusal instanceof Decision.Refusal.SpendHalted) {
      return "breaker";
    }
    if (refusal instanceof Decision.Refusal.UnpricedModel) {
      return "unpriced-model";
    }
    if (refusal instanceof Decision.Refusal.CallerBlocked) {
      return "blocked";
    }
    if (refusal instanceof Decision.Refusal.TooManyOpenCalls) {
      return "open-calls";
    }
    return refusal instanceof Decision.Refusal.AbnormalUsage ? ABNORMAL : "store";
  }

  private static String dollars(long nanoUsd) {
    return Money.usd(nanoUsd).toPlainString();
  }
}
