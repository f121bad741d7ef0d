package dev.tollgate.cdi;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Criticality;
import dev.tollgate.Restriction;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands before one method: its annotations and what overrides them, resolved. Immutable.
 *
 * @param route the route it is charged to
 * @param cost what {@link AiCost} says, empty without it
 * @param parameters its annotated parameters
 * @param fallback answers refused calls
 */
record Gate(String route, Optional<Cost> cost, Parameters parameters, Optional<Method> fallback) {

  /** What {@link AiCost} says. */
  record Cost(String model, int maxOutputTokens, Optional<Criticality> criticality) {}

  /**
   * The call that these arguments make.
   *
   * @throws IllegalArgumentException when an argument is out of its range
   */
  Call call(Caller caller, @Nullable Object[] arguments) {
    Call counted = Call.of(caller, route);
    if (cost.isEmpty()) {
      return counted;
    }
    Cost known = cost.get();
    Call metered =
        counted
            .model(parameters.model(arguments, known.model()))
            .estimate(parameters.estimate(arguments, known.maxOutputTokens()));
    return known.criticality().map(metered::criticality).orElse(metered);
  }

  /** The arguments of a restricted call. */
  @Nullable Object[] restrict(@Nullable Object[] arguments, Restriction restriction) {
    int defaultMaxOutput = cost.map(Cost::maxOutputTokens).orElse(Integer.MAX_VALUE);
    return parameters.restrict(arguments, restriction, defaultMaxOutput);
  }
}
