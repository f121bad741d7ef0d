package dev.tollgate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many output tokens a call of a route and model will need: online estimates of the 95th
 * percentile and of the mean, from what calls have used. Thread-safe; bounded by {@link #MAX_KEYS}.
 *
 * <p>The percentile is the multiplicative form of stochastic quantile tracking (Robbins and Monro,
 * 1951): {@code q *= e^(g * 0.95)} when a call used more than q, else {@code q *= e^(-g * 0.05)}.
 * It stands still where 5 % of the calls use more. The gain g starts at 1 and falls with {@code 1 /
 * sqrt(n)} to 0.05, so that the first calls find the order of magnitude and later ones follow a
 * drift. The mean moves by {@code 1 / n} of the difference, and by a twentieth once n is above 20.
 */
final class OutputForecast {

  static final int MAX_KEYS = 10_000;
  private static final double QUANTILE = 0.95;
  private static final double LEAST_GAIN = 0.05;

  private record Key(String route, String model) {}

  private record Estimator(double quantile, double mean, long calls) {

    Estimator observe(long outputTokens) {
      double gain = Math.max(LEAST_GAIN, 1 / Math.sqrt(calls + 1.0));
      double step = outputTokens > quantile ? QUANTILE : QUANTILE - 1;
      double moved = quantile * Math.exp(gain * step);
      double share = Math.max(LEAST_GAIN, 1 / (calls + 1.0));
      return new Estimator(
          Math.max(1, Math.min(moved, Usage.MAX_TOKENS)),
          mean + share * (outputTokens - mean),
          calls + 1);
    }
  }

  private final Map<Key, Estimator> estimators = new ConcurrentHashMap<>();

  /**
   * What to reserve: the forecast, but no more than the call may produce, and all of that while
   * nothing is known.
   */
  Estimate likely(String route, String model, Estimate most) {
    Estimator known = estimators.get(new Key(route, model));
    return known == null ? most : upTo(most, known.quantile());
  }

  /** What such calls use on average, but no more than this one may produce. */
  Estimate average(String route, String model, Estimate most) {
    Estimator known = estimators.get(new Key(route, model));
    return known == null ? most : upTo(most, known.mean());
  }

  private static Estimate upTo(Estimate most, double outputTokens) {
    long tokens = (long) Math.ceil(outputTokens);
    return new Estimate(most.inputTokens(), Math.min(most.outputTokens(), tokens));
  }

  /**
   * Learns what a call used.
   *
   * @param mostTokens what it could have produced: where the estimate starts
   */
  void observe(String route, String model, long mostTokens, long outputTokens) {
    estimators.compute(
        new Key(route, model), (key, known) -> next(known, mostTokens, outputTokens));
  }

  private @Nullable Estimator next(@Nullable Estimator known, long mostTokens, long outputTokens) {
    if (known != null) {
      return known.observe(outputTokens);
    }
    // without a place of its own a key keeps reserving the most
    return estimators.size() < MAX_KEYS
        ? new Estimator(Math.max(1, mostTokens), 0, 0).observe(outputTokens)
        : null;
  }
}
