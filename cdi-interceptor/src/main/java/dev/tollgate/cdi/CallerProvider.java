package dev.tollgate.cdi;

import dev.tollgate.Caller;

/**
 * Names the caller of annotated methods where no filter and no {@link dev.tollgate.CallContext}
 * does. An application has at most one such bean.
 */
@FunctionalInterface
public interface CallerProvider {

  /** Whom to charge for the call that this thread is about to make. */
  Caller caller();
}
