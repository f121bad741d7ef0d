package dev.tollgate.cdi;

import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the limited methods, and around what repeats them: attempts at one call are one
 * call. Serializable, because beans of a session have their interceptors stored with them.
 */
@Gated
@Interceptor
@Priority(Interceptor.Priority.LIBRARY_BEFORE)
final class GateInterceptor implements Serializable {

  private static final long serialVersionUID = 1;

  private final Instance<Turnstile> turnstile;

  @Inject
  GateInterceptor(Instance<Turnstile> turnstile) {
    this.turnstile = turnstile;
  }

  @AroundInvoke
  @Nullable Object pass(InvocationContext invocation) throws Exception {
    return turnstile.get().pass(invocation.getTarget().getClass(), invocation);
  }
}
