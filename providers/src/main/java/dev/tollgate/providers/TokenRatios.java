package dev.tollgate.providers;

import dev.tollgate.TokenCounter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many tokens calls really took for each that was estimated, by route and model: a moving
 * average of the latest calls. Thread-safe; keeps the {@value #MAX_KEYS} used last.
 */
final class TokenRatios {

  static final double LOWEST = 0.25;
  static final double HIGHEST = 4;

  private static final int MAX_KEYS = 1000;
  private static final double WEIGHT_OF_LATEST = 0.1;

  private record Key(String route, String model) {}

  private final Map<Key, Double> ratios =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Double> eldest) {
          return size() > MAX_KEYS;
        }
      };

  synchronized double ratio(String route, String model) {
    return ratios.getOrDefault(new Key(route, model), 1.0);
  }

  /** The estimate was made with the ratio of its time, so it is corrected by what it missed. */
  synchronized void learn(String route, String model, long estimated, long actual) {
    if (estimated < 1 || actual < 1) {
      return;
    }
    double ratio = ratio(route, model);
    double observed = clamp(ratio * actual / estimated);
    ratios.put(new Key(route, model), ratio + WEIGHT_OF_LATEST * (observed - ratio));
  }

  private static double clamp(double ratio) {
    return Math.max(LOWEST, Math.min(HIGHEST, ratio));
  }

  /** The counter, corrected by the ratio as it is now. */
  TokenCounter correct(String route, String model, TokenCounter counter) {
    double ratio = ratio(route, model);
    return ratio == 1 ? counter : new Corrected(counter, ratio);
  }

  private record Corrected(TokenCounter counter, double ratio) implements TokenCounter {

    @Override
    public long count(String text) {
      return (long) Math.ceil(counter.count(text) * ratio);
    }

    @Override
    public String last(String text, long tokens) {
      return counter.last(text, (long) (tokens / ratio));
    }
  }
}
