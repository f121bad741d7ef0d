package dev.tollgate.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollgate.Alert;
import dev.tollgate.CallRecord;
import dev.tollgate.LimitState;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A caller's usage as its JSON shows it. Tokens and requests are numbers, dollars decimal strings.
 *
 * @param mode {@code full}, {@code restricted} or {@code refused}: what becomes of all calls
 * @param notice why the mode is not full, and what else is refused, each until when as far as that
 *     is known; sentences for people
 * @param forecast what this month's limits will have counted at its end
 * @param degraded whether the store does not answer, so that the numbers are this process's own, or
 *     none
 */
record UsageReport(
    String caller,
    String tier,
    String mode,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String notice,
    List<LimitRow> limits,
    List<CallRow> calls,
    List<AlertRow> alerts,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ForecastRow> forecast,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean degraded) {

  static UsageReport of(Standing standing) {
    return new UsageReport(
        standing.caller().id(),
        standing.caller().tier(),
        Words.dashed(standing.mode().kind()),
        notice(standing),
        standing.limits().stream().map(LimitRow::of).toList(),
        standing.calls().stream().map(CallRow::of).toList(),
        standing.alerts().stream().map(AlertRow::of).toList(),
        standing.limits().stream()
            .flatMap(state -> ForecastRow.of(state, standing.at()).stream())
            .toList(),
        standing.degraded());
  }

  private static String notice(Standing standing) {
    return Stream.concat(
            standing.mode().causes().stream()
                .map(cause -> sentences(cause.reason(), "Until", cause.until())),
            standing.halts().stream()
                .map(halt -> sentences(halt.reason(), "Not before", halt.until())))
        .collect(Collectors.joining(" "));
  }

  private static String sentences(String reason, String preposition, Optional<Instant> time) {
    return time.map(at -> reason + " " + preposition + " " + Words.iso(at) + ".").orElse(reason);
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
          amount(meter, LimitBar.capacity(state)),
          amount(meter, state.used()),
          amount(meter, state.held()),
          amount(meter, state.remaining()),
          Words.iso(state.resetsAt()));
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
          Words.iso(call.at()),
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
      return new AlertRow(Words.dashed(alert.kind()), Words.iso(alert.at()), alert.message());
    }
  }

  /**
   * What a limit of this month will have counted at the month's end, at its pace so far.
   *
   * @param limit the limit's name
   */
  record ForecastRow(String limit, JsonNode expected) {

    static Optional<ForecastRow> of(LimitState state, Instant now) {
      return Forecast.of(state, now)
          .map(
              expected ->
                  new ForecastRow(
                      state.limit().name(), LimitRow.amount(state.limit().meter(), expected)));
    }
  }

  private static String dollars(long nanoUsd) {
    return Money.usd(nanoUsd).toPlainString();
  }
}
