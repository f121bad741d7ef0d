package dev.tollgate.filter;

import dev.tollgate.Decision;
import dev.tollgate.RefusedException;
import dev.tollgate.config.ErrorFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The answers to requests that are not let in, as a route's clients understand them. Immutable.
 *
 * @param format their shape
 * @param hardLimitStatus the HTTP status when a hard limit of spending is reached
 */
record RefusalAnswers(ErrorFormat format, int hardLimitStatus) {

  /** Above this wait the official clients are told not to retry by themselves. */
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(120);

  private static final String SHOULD_RETRY = "x-should-retry";
  private static final Duration UNAVAILABLE_PAUSE = Duration.ofSeconds(1);

  /** How deep frameworks may wrap a refusal in exceptions of their own. */
  private static final int MAX_CAUSES = 16;

  /** The answer to a call that the engine refused. */
  Answer of(Decision.Refused refused, Instant now) {
    Decision.Refusal refusal = refused.refusal();
    Fault fault = fault(refusal);
    Map<String, String> headers = new TreeMap<>(DecisionHeaders.of(refused, format, now));
    refusal.retryAfter().ifPresent(wait -> addRetry(headers, wait));
    if (fault == Fault.BUDGET_EXHAUSTED || fault == Fault.BLOCKED) {
      headers.put(SHOULD_RETRY, "false");
    }
    return answer(fault, detail(refusal, fault), violated(refusal), headers);
  }

  /** The answer to a request that could not become a call. */
  Answer of(RejectedException rejected) {
    Map<String, String> headers =
        rejected.fault() == Fault.UNIDENTIFIED ? Map.of("WWW-Authenticate", "Bearer") : Map.of();
    return answer(rejected.fault(), rejected.detail(), List.of(), headers);
  }

  /** The answer to a refusal among the causes of a failure. */
  Optional<Answer> find(Throwable failure, Instant now) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof RefusedException refused) {
        return Optional.of(of(refused.decision(), now));
      }
      if (cause instanceof RejectedException rejected) {
        return Optional.of(of(rejected));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  /** The answer to a call whose wait had to end early. */
  Answer unavailable() {
    Map<String, String> headers = new TreeMap<>();
    addRetry(headers, UNAVAILABLE_PAUSE);
    return answer(
        Fault.UNAVAILABLE, "The call cannot wait any longer: retry shortly.", List.of(), headers);
  }

  private Answer answer(
      Fault fault, String detail, List<String> violated, Map<String, String> headers) {
    int status = fault == Fault.BUDGET_EXHAUSTED ? hardLimitStatus : fault.status();
    Map<String, String> all = new TreeMap<>(headers);
    all.put("Cache-Control", "no-store");
    return new Answer(
        status,
        all,
        ErrorBody.contentType(format),
        ErrorBody.of(format, fault, status, detail, violated));
  }

  private static Fault fault(Decision.Refusal refusal) {
    if (refusal instanceof Decision.Refusal.LimitExceeded exceeded) {
      return exceeded.retryAfter().isPresent() ? Fault.EXCEEDED : Fault.TOO_LARGE;
    } else if (refusal instanceof Decision.Refusal.TooManyOpenCalls) {
      return Fault.EXCEEDED;
    } else if (refusal instanceof Decision.Refusal.UnpricedModel) {
      return Fault.MODEL_NOT_ALLOWED;
    } else if (refusal instanceof Decision.Refusal.BudgetExhausted) {
      return Fault.BUDGET_EXHAUSTED;
    } else if (refusal instanceof Decision.Refusal.AbnormalUsage) {
      return Fault.ABNORMAL;
    } else if (refusal instanceof Decision.Refusal.CallerBlocked) {
      return Fault.BLOCKED;
    }
    return Fault.UNAVAILABLE;
  }

  private static List<String> violated(Decision.Refusal refusal) {
    return refusal instanceof Decision.Refusal.LimitExceeded exceeded
        ? exceeded.exceeded().stream().map(state -> state.limit().name()).toList()
        : List.of();
  }

  private static String detail(Decision.Refusal refusal, Fault fault) {
    String reason =
        Character.toUpperCase(refusal.reason().charAt(0)) + refusal.reason().substring(1);
    return reason + ": " + remedy(refusal, fault) + ".";
  }

  private static String remedy(Decision.Refusal refusal, Fault fault) {
    Optional<Duration> wait = refusal.retryAfter();
    if (wait.isPresent()) {
      return "retry in " + wholeSeconds(wait.get()) + " s";
    }
    return switch (fault) {
      case MODEL_NOT_ALLOWED -> "ask for another one";
      case BUDGET_EXHAUSTED -> "no call is let in before it is raised or its window ends";
      default -> "send a smaller one";
    };
  }

  private static void addRetry(Map<String, String> headers, Duration wait) {
    headers.put("Retry-After", Long.toString(wholeSeconds(wait)));
    headers.put("retry-after-ms", Long.toString(wholeMillis(wait)));
    if (wait.compareTo(LONGEST_RETRY) > 0) {
      headers.put(SHOULD_RETRY, "false");
    }
  }

  private static long wholeSeconds(Duration wait) {
    return Math.max(1, RateLimitHeaders.seconds(wait));
  }

  private static long wholeMillis(Duration wait) {
    return Math.max(1, wait.plusNanos(999_999).toMillis());
  }
}
