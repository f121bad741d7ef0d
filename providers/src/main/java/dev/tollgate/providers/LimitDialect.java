package dev.tollgate.providers;

import java.math.BigDecimal;
import java.util.Optional;

/** How an API tells and takes a limit. */
sealed interface LimitDialect permits OpenAiSpendLimit, OpenRouterLimit, LiteLlmBudget {

  /**
   * A limit at the provider.
   *
   * @param sameWindow whether it counts over the window that this dialect sets limits over
   */
  record Found(BigDecimal usd, boolean sameWindow) {}

  /** The limit there is. */
  Optional<Found> read() throws ProviderApiException;

  /**
   * @param usd whole cents
   */
  void write(BigDecimal usd) throws ProviderApiException;
}
