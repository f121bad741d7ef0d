package dev.tollgate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Policies, ready to decide: each tier and route's plan is made once. Thread-safe; bounded by the
 * number of tiers and routes.
 */
final class Rules {

  private record Key(String tier, String route) {}

  private final Policies policies;
  private final Map<Key, Plan> plans = new ConcurrentHashMap<>();

  Rules(Policies policies) {
    this.policies = policies;
  }

  Policies policies() {
    return policies;
  }

  /**
   * @throws IllegalArgumentException when the tier or the route does not exist
   */
  Plan plan(String tier, String route) {
    return plans.computeIfAbsent(new Key(tier, route), key -> newPlan(tier, route));
  }

  private Plan newPlan(String tier, String route) {
    return new Plan(
        policies.tier(tier),
        policies.route(route),
        policies.prices(),
        policies.spending().anomalies());
  }
}
