package dev.tollgate.simulator;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Criticality;

/**
 * A call of a trace.
 *
 * @param atMicros when it is made: microseconds since 1970
 * @param caller who makes it
 * @param route the name of a route of the policies
 * @param model the model it asks for, empty for none
 * @param criticality how much the application needs it
 * @param inputTokens what it sends: 0 to {@link dev.tollgate.Usage#MAX_TOKENS}
 * @param outputTokens what it is answered if nothing restricts it: in the same range
 * @param maxTokens the most output it asks for: in the same range
 */
record TraceCall(
    long atMicros,
    Caller caller,
    String route,
    String model,
    Criticality criticality,
    long inputTokens,
    long outputTokens,
    long maxTokens) {

  /** The call as the engine is asked to let it in: what it will be answered is not known yet. */
  Call toCall() {
    return Call.of(caller, route)
        .model(model)
        .criticality(criticality)
        .estimate(inputTokens, maxTokens);
  }
}
