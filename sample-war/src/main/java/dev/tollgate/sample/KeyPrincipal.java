package dev.tollgate.sample;

import dev.tollgate.Caller;
import java.security.Principal;

/** The holder of an API key as the user of a request. */
record KeyPrincipal(Caller caller) implements Principal {

  @Override
  public String getName() {
    return caller.id();
  }
}
