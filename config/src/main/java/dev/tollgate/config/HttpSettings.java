package dev.tollgate.config;

import java.util.List;
import java.util.Map;

/**
 * How HTTP requests become calls.
 *
 * @param callers where the caller comes from, in order
 * @param tiers where the caller's tier comes from, in order, ending with a default
 * @param callerTiers the tiers of callers that the configuration names, by caller id
 * @param tierOrder the names of the tiers in the order of the key {@code tollgate.tiers}, else
 *     alphabetical
 * @param routes each name once. Of all their patterns exact ones go before longer prefixes, those
 *     before shorter ones and those before extensions; of equal patterns the earlier route goes
 *     first
 * @param pages patterns of the product's own pages, as of routes: their requests are no calls, but
 *     know their caller
 * @param trustedProxies whose {@code X-Forwarded-For} counts, as addresses or CIDR blocks
 * @param hashKey the key that secrets are hashed with: at least 16 bytes
 * @param waitingRoom how many calls may wait in all: 0 to 100,000
 * @param hardLimitStatus the HTTP status of a call that a hard limit of spending stops: 429, 402 or
 *     403
 */
public record HttpSettings(
    List<CallerSource> callers,
    List<TierSource> tiers,
    Map<String, String> callerTiers,
    List<String> tierOrder,
    List<HttpRoute> routes,
    List<String> pages,
    List<String> trustedProxies,
    HashKey hashKey,
    int waitingRoom,
    int hardLimitStatus) {

  public HttpSettings {
    callers = List.copyOf(callers);
    tiers = List.copyOf(tiers);
    callerTiers = Map.copyOf(callerTiers);
    tierOrder = List.copyOf(tierOrder);
    routes = List.copyOf(routes);
    pages = List.copyOf(pages);
    trustedProxies = List.copyOf(trustedProxies);
  }
}
