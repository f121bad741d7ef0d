package dev.tollgate.simulator;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a whole trace is like, found by reading it once, so that nothing is simulated of a trace
 * that is malformed at its end.
 *
 * @param format how it writes its times
 * @param unusedColumns the names of columns that are not looked at
 * @param calls how many calls it has: 1 or more
 * @param first the first of them
 * @param lastMicros when the last one is made
 * @param inputTokens those of all calls together
 * @param outputTokens those of all calls together
 * @param callers how many callers it has, at most {@link #MAX_CALLERS}
 */
record Survey(
    TimeFormat format,
    List<String> unusedColumns,
    long calls,
    TraceCall first,
    long lastMicros,
    long inputTokens,
    long outputTokens,
    int callers) {

  static final int MAX_CALLERS = 100_000;

  /**
   * @throws TraceException when the trace has no calls, or a row of it is malformed
   */
  static Survey of(TraceReader trace) throws TraceException {
    TraceCall first =
        trace.next().orElseThrow(() -> new TraceException("The trace has a header and no calls"));
    Set<String> callers = new HashSet<>();
    long calls = 0;
    long input = 0;
    long output = 0;
    long last = first.atMicros();
    for (Optional<TraceCall> next = Optional.of(first); next.isPresent(); next = trace.next()) {
      TraceCall call = next.get();
      calls++;
      input += call.inputTokens();
      output += call.outputTokens();
      last = call.atMicros();
      if (callers.size() < MAX_CALLERS) {
        callers.add(call.caller().id());
      }
    }
    return new Survey(
        trace.format(), trace.unusedColumns(), calls, first, last, input, output, callers.size());
  }

  long firstMicros() {
    return first.atMicros();
  }

  /** The mean time between two calls: 1 microsecond or more. */
  long meanGapMicros() {
    return Math.max(1, (lastMicros - firstMicros()) / calls);
  }

  long meanInputTokens() {
    return inputTokens / calls;
  }

  long meanOutputTokens() {
    return outputTokens / calls;
  }
}
