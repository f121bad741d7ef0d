package dev.tollgate.filter;

import dev.tollgate.Decision;
import dev.tollgate.LimitState;
import dev.tollgate.Meter;
import dev.tollgate.config.ErrorFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The rate limit headers that the clients of OpenAI and Anthropic read: for requests and for tokens
 * the limit that has least left.
 */
final class VendorHeaders {

  private VendorHeaders() {}

  static Map<String, String> of(ErrorFormat format, Decision decision, Instant now) {
    Map<String, String> headers = new TreeMap<>();
    for (Meter meter : new Meter[] {Meter.REQUESTS, Meter.TOKENS}) {
      tightest(decision, meter)
          .ifPresent(
              state -> {
                switch (format) {
                  case PROBLEM -> {}
                  case OPENAI -> addOpenAi(headers, state, now);
                  case ANTHROPIC -> addAnthropic(headers, state, now);
                }
              });
    }
    return headers;
  }

  private static Optional<LimitState> tightest(Decision decision, Meter meter) {
    return RateLimitHeaders.told(decision).stream()
        .filter(state -> state.limit().meter() == meter)
        .min(Comparator.comparingLong(LimitState::remaining));
  }

  private static void addOpenAi(Map<String, String> headers, LimitState state, Instant now) {
    String meter = meterName(state);
    headers.put("x-ratelimit-limit-" + meter, limit(state));
    headers.put("x-ratelimit-remaining-" + meter, remaining(state));
    headers.put("x-ratelimit-reset-" + meter, goDuration(RateLimitHeaders.untilReset(state, now)));
  }

  private static void addAnthropic(Map<String, String> headers, LimitState state, Instant now) {
    String prefix = "anthropic-ratelimit-" + meterName(state);
    long wait = RateLimitHeaders.seconds(RateLimitHeaders.untilReset(state, now));
    Instant reset = Instant.ofEpochSecond(now.getEpochSecond()).plusSeconds(wait);
    headers.put(prefix + "-limit", limit(state));
    headers.put(prefix + "-remaining", remaining(state));
    headers.put(prefix + "-reset", reset.toString());
  }

  private static String meterName(LimitState state) {
    return state.limit().meter().name().toLowerCase(Locale.ROOT);
  }

  private static String limit(LimitState state) {
    return Long.toString(RateLimitHeaders.quota(state.limit()));
  }

  private static String remaining(LimitState state) {
    return Long.toString(Math.max(0, state.remaining()));
  }

  /** As Go writes durations, which OpenAI's clients parse: {@code 350ms}, {@code 6m0s}. */
  static String goDuration(Duration duration) {
    if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
      return duration.toMillis() + "ms";
    }
    long seconds = RateLimitHeaders.seconds(duration);
    StringBuilder text = new StringBuilder();
    if (seconds >= 3600) {
      text.append(seconds / 3600).append('h');
    }
    if (seconds >= 60) {
      text.append(seconds / 60 % 60).append('m');
    }
    return text.append(seconds % 60).append('s').toString();
  }
}
