package dev.tollgate.cdi;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.RefusedException;
import dev.tollgate.Reservation;
import dev.tollgate.Restriction;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.providers.TokenCounters;
import jakarta.interceptor.InvocationContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lets the calls of limited methods through, restricted where they must be. Thread-safe. */
final class Turnstile {

  private final Tollgate tollgate;
  private final Gates gates;
  private final TokenCounters counters;
  private final CallerProvider callers;
  private final Results results;

  /**
   * @param counters count the tokens of prompts
   * @param callers names the caller where no context does
   */
  Turnstile(
      Tollgate tollgate,
      Gates gates,
      TokenCounters counters,
      CallerProvider callers,
      Results results) {
    this.tollgate = tollgate;
    this.gates = gates;
    this.counters = counters;
    this.callers = callers;
    this.results = results;
  }

  /** Whether a method of a bean has limits. */
  boolean limits(Class<?> bean, Method method) {
    return gates.find(bean, method).isPresent();
  }

  /**
   * Makes an intercepted call.
   *
   * @param bean the class of the bean, or a subclass that the container made of it
   * @throws RefusedException when it is refused and has no fallback
   * @throws IllegalArgumentException when an annotated argument is out of its range
   * @throws IllegalStateException when nobody names the caller
   * @throws Exception what the method throws
   */
  @Nullable Object pass(Class<?> bean, InvocationContext invocation) throws Exception {
    Gate gate = gates.of(bean, invocation.getMethod());
    Decision decision = decide(gate, invocation);
    if (decision instanceof Decision.Refused && gate.fallback().isPresent()) {
      return fallBack(gate.fallback().get(), invocation);
    }
    Reservation reservation = decision.orThrow();
    Restriction restriction = reservation.restriction();
    if (!restriction.equals(Restriction.NONE)) {
      invocation.setParameters(gate.restrict(invocation.getParameters(), restriction, counters));
    }
    return gate.cost().isPresent()
        ? meter(invocation, metered(reservation))
        : Frame.limited(restriction).call(invocation::proceed);
  }

  /** Decides, and gives back what the outer gate charged when the call does not take place. */
  private Decision decide(Gate gate, InvocationContext invocation) {
    Optional<CallContext> context = CallContext.current();
    Caller caller = context.map(CallContext::caller).orElseGet(callers::caller);
    Optional<Reservation> counted = context.flatMap(CallContext::takeCharged);
    Decision decision;
    try {
      Call call = gate.call(caller, invocation.getParameters(), counters);
      decision = tollgate.reserve(counted.map(Reservation::call).map(call::countedBy).orElse(call));
    } catch (IllegalArgumentException invalid) {
      counted.ifPresent(Reservation::cancel);
      throw invalid;
    }
    if (decision instanceof Decision.Refused) {
      counted.ifPresent(Reservation::cancel);
    }
    context.ifPresent(outer -> outer.decided(decision));
    return decision;
  }

  private static @Nullable Object fallBack(Method fallback, InvocationContext invocation)
      throws Exception {
    try {
      return fallback.invoke(invocation.getTarget(), invocation.getParameters());
    } catch (InvocationTargetException thrown) {
      if (thrown.getCause() instanceof Exception exception) {
        throw exception;
      }
      throw (Error) thrown.getCause();
    }
  }

  private @Nullable Object meter(InvocationContext invocation, AiCall call) throws Exception {
    boolean returned = false;
    try {
      Object result = Frame.metered(call).call(invocation::proceed);
      returned = true;
      return results.settle(result, call, () -> again(call));
    } catch (Exception failure) {
      call.failedWith(failure);
      throw failure;
    } finally {
      if (!returned) {
        call.endAfterRequests();
      }
    }
  }

  /** Another call like a call, for those who subscribe to its result once more. */
  private AiCall again(AiCall first) {
    return metered(tollgate.reserve(first.reservation().call().requests(1)).orThrow());
  }

  private AiCall metered(Reservation reservation) {
    return new AiCall(reservation, usage -> learn(reservation, usage), results::limit);
  }

  /** What a restricted call used tells nothing of its estimate, which is of the whole prompt. */
  private void learn(Reservation reservation, Usage used) {
    if (reservation.restriction().equals(Restriction.NONE) && used.isPlausible()) {
      Call call = reservation.call();
      counters.learn(call.route(), call.model(), call.estimate().inputTokens(), used.inputTokens());
    }
  }
}
