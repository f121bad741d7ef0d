package dev.tollgate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Policies, ready to decide: each tier and route's plan is made once, and again for each percentage
 * of the limits that callers have. Thread-safe; bounded by the number of tiers and routes, and by
 * {@link #MAX_RAISED}.
 */
final class Rules {

  private static final int MAX_RAISED = 1000;

  private record Key(String tier, String route, int percent) {}

  private final Policies policies;
  private final Map<Key, Plan> plans = new ConcurrentHashMap<>();
  private final Map<Key, Plan> raised = new ConcurrentHashMap<>();

  Rules(Policies policies) {
    this.policies = policies;
  }

  Policies policies() {
    return policies;
  }

  /**
   * @param percent of the limits: {@link Plan#WHOLE} or more
   * @throws IllegalArgumentException when the tier or the route does not exist
   */
  Plan plan(String tier, String route, int percent) {
    Key key = new Key(tier, route, percent);
    return percent == Plan.WHOLE ? plans.computeIfAbsent(key, this::newPlan) : raisedPlan(key);
  }

  /** Operators choose few percentages: where they chose many, the plans are made anew. */
  private Plan raisedPlan(Key key) {
    if (raised.size() >= MAX_RAISED) {
      raised.clear();
    }
    return raised.computeIfAbsent(key, this::newPlan);
  }

  private Plan newPlan(Key key) {
    return new Plan(
        policies.tier(key.tier).raised(key.percent),
        policies.route(key.route).raised(key.percent),
        policies.prices(),
        policies.spending().anomalies());
  }
}
