package dev.tollgate.sample;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollgate.Alert;
import dev.tollgate.Call;
import dev.tollgate.CallRecord;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.LimitState;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.Tollgate;
import dev.tollgate.Window;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * A caller's usage as its JSON shows it. Tokens and requests are numbers, dollars decimal strings.
 *
 * @param degraded whether the store does not answer, so that the numbers are this process's own, or
 *     none
 */
record UsageReport(
    String caller,
    String tier,
    String mode,
    List<LimitRow> limits,
    List<CallRow> calls,
    List<AlertRow> alerts,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean degraded) {

  private static final String ROUTE = "chat";

  /** What a caller of the chat has used, as it stands now; charges nothing. */
  static UsageReport of(Caller caller, Tollgate tollgate, List<Alert> alerts) {
    return new UsageReport(
        caller.id(),
        caller.tier(),
        isRestricted(caller, tollgate) ? "restricted" : "full",
        tollgate.limits(caller, ROUTE).stream().map(LimitRow::of).toList(),
        tollgate.calls(caller).stream().map(CallRow::of).toList(),
        alerts.stream().map(AlertRow::of).toList(),
        tollgate.health().degraded());
  }

  /** Whether the smallest chat would be restricted, or is refused with a quota used up. */
  private static boolean isRestricted(Caller caller, Tollgate tollgate) {
    Decision decision = tollgate.check(Call.of(caller, ROUTE).estimate(1, 1));
    boolean refused = decision instanceof Decision.Refused;
    return decision instanceof Decision.Restricted
        || (refused && decision.limits().stream().anyMatch(UsageReport::isUsedUp));
  }

  private static boolean isUsedUp(LimitState state) {
    return state.limit().isQuota() && state.remaining() <= 0;
  }

  /**
   * A limit.
   *
   * @param limit the most that can be used: the amount of a quota, the burst of a rate
   * @param resetsAt ISO 8601, in UTC
   */
  record LimitRow(
      String name,
      String meter,
      String window,
      JsonNode limit,
      JsonNode used,
      JsonNode held,
      JsonNode remaining,
      String resetsAt) {

    static LimitRow of(LimitState state) {
      Meter meter = state.limit().meter();
      return new LimitRow(
          state.limit().name(),
          meter.name().toLowerCase(Locale.ROOT),
          state.limit().window().label(),
          amount(meter, capacity(state)),
          amount(meter, state.used()),
          amount(meter, state.held()),
          amount(meter, state.remaining()),
          iso(state.resetsAt()));
    }

    private static long capacity(LimitState state) {
      return state.limit().window() instanceof Window.Rolling rolling
          ? rolling.burst()
          : state.limit().amount();
    }

    private static JsonNode amount(Meter meter, long amount) {
      return meter == Meter.COST ? TextNode.valueOf(dollars(amount)) : LongNode.valueOf(amount);
    }
  }

  /**
   * A call.
   *
   * @param estimated whether the provider has not said what it used
   */
  record CallRow(
      String id,
      String at,
      String route,
      String model,
      long inputTokens,
      long outputTokens,
      String costUsd,
      boolean estimated) {

    static CallRow of(CallRecord call) {
      return new CallRow(
          call.id(),
          iso(call.at()),
          call.route(),
          call.model(),
          call.inputTokens(),
          call.outputTokens(),
          dollars(call.costNanoUsd()),
          call.outcome() != CallRecord.Outcome.SETTLED);
    }
  }

  /** An alert. */
  record AlertRow(String kind, String at, String message) {

    static AlertRow of(Alert alert) {
      String kind = alert.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
      return new AlertRow(kind, iso(alert.at()), alert.message());
    }
  }

  private static String iso(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static String dollars(long nanoUsd) {
    return Money.usd(nanoUsd).toPlainString();
  }
}
