package dev.tollgate.filter;

import dev.tollgate.Decision;
import dev.tollgate.Limit;
import dev.tollgate.Restriction;
import dev.tollgate.config.ErrorFormat;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The headers that tell a client how its call was decided. */
final class DecisionHeaders {

  private DecisionHeaders() {}

  static Map<String, String> of(Decision decision, ErrorFormat format, Instant now) {
    Map<String, String> headers = new TreeMap<>();
    headers.putAll(RateLimitHeaders.of(decision, now));
    headers.putAll(VendorHeaders.of(format, decision, now));
    if (decision instanceof Decision.Restricted restricted) {
      headers.put("Tollgate-Mode", mode(restricted.restriction()));
    }
    decision.shadowed().ifPresent(wouldBe -> headers.put("Tollgate-Shadow", shadow(wouldBe)));
    return headers;
  }

  private static String mode(Restriction restriction) {
    StringBuilder text = new StringBuilder("restricted");
    if (restriction.contextTokens() != Restriction.UNBOUNDED) {
      text.append("; context=").append(restriction.contextTokens());
    }
    if (restriction.outputTokens() != Restriction.UNBOUNDED) {
      text.append("; output=").append(restriction.outputTokens());
    }
    restriction
        .model()
        .ifPresent(model -> text.append("; model=").append(RateLimitHeaders.quoted(model)));
    return text.toString();
  }

  private static String shadow(Decision wouldBe) {
    String verdict = wouldBe instanceof Decision.Refused ? "refused" : "restricted";
    return cause(wouldBe)
        .map(limit -> verdict + "; limit=" + RateLimitHeaders.quoted(limit.name()))
        .orElse(verdict);
  }

  private static Optional<Limit> cause(Decision decision) {
    if (decision instanceof Decision.Restricted restricted) {
      return restricted.causes().stream().findFirst();
    }
    if (decision instanceof Decision.Refused refused
        && refused.refusal() instanceof Decision.Refusal.LimitExceeded exceeded) {
      return Optional.of(exceeded.binding().limit());
    }
    return Optional.empty();
  }
}
