package dev.tollgate.config;

import dev.tollgate.Call;
import dev.tollgate.CallListener;
import dev.tollgate.CallRecord;
import dev.tollgate.Decision;
import dev.tollgate.LogLine;
import dev.tollgate.Money;
import dev.tollgate.Usage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;

/**
 * Writes a line for each call that was charged or refused to the log {@code dev.tollgate.calls}, at
 * {@code DEBUG}: {@code key="value"} pairs, whose values can neither end their quotes nor their
 * line. Costs nothing while that log is off. Thread-safe.
 */
final class CallLog implements CallListener {

  private static final Logger LOGGER = System.getLogger("dev.tollgate.calls");

  @Override
  public void decided(Decision decision) {
    if (LOGGER.isLoggable(Level.DEBUG)
        && decision.shadowed().orElse(decision) instanceof Decision.Refused refused) {
      boolean shadow = decision.shadowed().isPresent();
      LOGGER.log(Level.DEBUG, refused(refused, shadow ? "shadow-refused" : "refused"));
    }
  }

  @Override
  public void charged(Call call, Usage usage, CallRecord charged) {
    if (LOGGER.isLoggable(Level.DEBUG)) {
      LOGGER.log(Level.DEBUG, charged(call, charged));
    }
  }

  private static String refused(Decision.Refused refused, String event) {
    LogLine line =
        new LogLine()
            .add("event", event)
            .add("caller", refused.call().caller().id())
            .add("tier", refused.call().caller().tier())
            .add("route", refused.call().route())
            .add("model", refused.call().model())
            .add("reason", refused.refusal().reason());
    refused
        .refusal()
        .retryAfter()
        .map(Duration::toMillis)
        .ifPresent(millis -> line.add("retryAfterMillis", millis.toString()));
    return line.toString();
  }

  private static String charged(Call call, CallRecord row) {
    return new LogLine()
        .add("event", row.outcome().name().toLowerCase(Locale.ROOT))
        .add("id", row.id())
        .add("at", row.at().toString())
        .add("caller", call.caller().id())
        .add("tier", call.caller().tier())
        .add("route", row.route())
        .add("model", row.model())
        .add("inputTokens", Long.toString(row.inputTokens()))
        .add("outputTokens", Long.toString(row.outputTokens()))
        .add("costUsd", Money.usd(row.costNanoUsd()).toPlainString())
        .toString();
  }
}
