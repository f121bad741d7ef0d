package dev.tollgate.filter;

import dev.tollgate.Decision;
import dev.tollgate.Limit;
import dev.tollgate.LimitState;
import dev.tollgate.Meter;
import dev.tollgate.Window;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code RateLimit-Policy} and {@code RateLimit} of draft-ietf-httpapi-ratelimit-headers-11, as
 * structured fields (RFC 9651).
 *
 * <p>A rolling limit is told as its bucket: {@code q} is the burst and {@code w} the time in which
 * all of it flows back, so that {@code q / w} is the rate and {@code r} never exceeds {@code q}.
 * Money is told in millionths of a dollar.
 */
final class RateLimitHeaders {

  /** The largest integer of a structured field. */
  private static final long MAX_INTEGER = 999_999_999_999_999L;

  /** Limits under this prefix concern restricted calls only. */
  private static final String RESTRICTED_PREFIX = "restricted/";

  private static final long NANO_PER_MICRO_USD = 1000;

  private RateLimitHeaders() {}

  static Map<String, String> of(Decision decision, Instant now) {
    List<LimitState> limits = told(decision);
    if (limits.isEmpty()) {
      return Map.of();
    }
    return Map.of(
        "RateLimit-Policy",
            limits.stream().map(RateLimitHeaders::policy).collect(Collectors.joining(", ")),
        "RateLimit",
            limits.stream().map(state -> state(state, now)).collect(Collectors.joining(", ")));
  }

  /** The limits that concern the call. */
  static List<LimitState> told(Decision decision) {
    boolean whole = decision instanceof Decision.Admitted;
    return decision.limits().stream()
        .filter(state -> !whole || !state.limit().name().startsWith(RESTRICTED_PREFIX))
        .toList();
  }

  private static String policy(LimitState state) {
    Limit limit = state.limit();
    return quoted(limit.name())
        + ";q="
        + integer(unitsOf(limit.meter(), quota(limit)))
        + ";w="
        + integer(seconds(length(state)))
        + unit(limit.meter());
  }

  private static String state(LimitState state, Instant now) {
    return quoted(state.limit().name())
        + ";r="
        + integer(unitsOf(state.limit().meter(), state.remaining()))
        + ";t="
        + integer(seconds(untilMore(state, now)));
  }

  private static String unit(Meter meter) {
    return switch (meter) {
      case REQUESTS -> "";
      case TOKENS -> ";qu=\"tokens\"";
      case COST -> ";qu=\"micro-usd\"";
    };
  }

  private static long unitsOf(Meter meter, long amount) {
    return meter == Meter.COST ? Math.floorDiv(amount, NANO_PER_MICRO_USD) : amount;
  }

  /** The most of a limit that can be left. */
  static long quota(Limit limit) {
    return limit.window() instanceof Window.Rolling rolling ? rolling.burst() : limit.amount();
  }

  private static Duration length(LimitState state) {
    Limit limit = state.limit();
    if (limit.window() instanceof Window.Calendar calendar) {
      long lastMicros = state.resetsAt().getEpochSecond() * 1_000_000 - 1;
      var window = calendar.at(lastMicros);
      return Duration.ofNanos((window.endMicros() - window.startMicros()) * 1000);
    }
    Window.Rolling rolling = (Window.Rolling) limit.window();
    return timeFor(rolling.burst(), limit, rolling);
  }

  /** How long a client should wait for more than is left now. */
  private static Duration untilMore(LimitState state, Instant now) {
    if (!state.fits()) {
      return state.untilFits().orElseGet(() -> untilReset(state, now));
    }
    Duration untilReset = untilReset(state, now);
    if (state.remaining() > 0 || !(state.limit().window() instanceof Window.Rolling rolling)) {
      return untilReset;
    }
    Duration allButOne = timeFor(rolling.burst() - 1, state.limit(), rolling);
    return untilReset.minus(allButOne);
  }

  /** How long until the limit is as good as unused: 0 or more. */
  static Duration untilReset(LimitState state, Instant now) {
    Duration left = Duration.between(now, state.resetsAt());
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Duration timeFor(long amount, Limit limit, Window.Rolling rolling) {
    BigInteger[] nanos =
        BigInteger.valueOf(amount)
            .multiply(BigInteger.valueOf(rolling.period().toNanos()))
            .divideAndRemainder(BigInteger.valueOf(limit.amount()));
    BigInteger roundedUp = nanos[1].signum() == 0 ? nanos[0] : nanos[0].add(BigInteger.ONE);
    return Duration.ofNanos(roundedUp.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
  }

  /** Whole seconds, rounded up, 0 or more. */
  static long seconds(Duration duration) {
    return duration.isNegative() ? 0 : duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
  }

  private static long integer(long value) {
    return Math.max(0, Math.min(value, MAX_INTEGER));
  }

  /** A structured field's string; what is not printable ASCII becomes a question mark. */
  static String quoted(String text) {
    String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
    return '"' + printable.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
