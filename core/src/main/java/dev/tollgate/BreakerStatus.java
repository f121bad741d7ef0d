package dev.tollgate;

import java.time.Instant;
import java.util.Optional;

/**
 * A scope's breaker as all processes see it, some seconds ago at most while the store answers.
 *
 * @param scope what it watches
 * @param state whether calls are halted
 * @param since when it came into this state, to the minute
 * @param normal what is normal, in nano-USD a minute
 * @param demand what was spent, and would have been spent by the calls that it refused, on average
 *     of the last five minutes: nano-USD a minute
 * @param control what an operator has told it
 * @param controlEnds when it goes by the speed of spending again; empty when it does
 */
public record BreakerStatus(
    SpendScope scope,
    BreakerState state,
    Instant since,
    long normal,
    long demand,
    BreakerControl control,
    Optional<Instant> controlEnds) {}
