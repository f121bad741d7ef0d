package dev.tollgate.cdi;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Criticality;
import dev.tollgate.Restriction;
import dev.tollgate.TokenCounter;
import dev.tollgate.providers.TokenCounters;
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
   * @param counters count the tokens of its prompts
   * @throws IllegalArgumentException when an argument is out of its range
   */
  Call call(Caller caller, @Nullable Object[] arguments, TokenCounters counters) {
    Call counted = Call.of(caller, route);
    if (cost.isEmpty()) {
      return counted;
    }
    Cost known = cost.get();
    String model = parameters.model(arguments, known.model());
    TokenCounter counter = counters.of(route, model);
    Call metered =
        counted
            .model(model)
            .estimate(parameters.estimate(arguments, known.maxOutputTokens(), counter));
    return known.criticality().map(metered::criticality).orElse(metered);
  }

  /**
   * The arguments of a restricted call.
   *
   * @param counters count the tokens of its prompts
   */
  @Nullable Object[] restrict(
      @Nullable Object[] arguments, Restriction restriction, TokenCounters counters) {
    int defaultMaxOutput = cost.map(Cost::maxOutputTokens).orElse(Integer.MAX_VALUE);
    String asked = parameters.model(arguments, cost.map(Cost::model).orElse(""));
    TokenCounter counter = counters.of(route, restriction.modelFor(asked));
    return parameters.restrict(arguments, restriction, defaultMaxOutput, counter);
  }
}
