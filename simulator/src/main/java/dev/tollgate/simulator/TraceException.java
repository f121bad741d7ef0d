package dev.tollgate.simulator;

/** A trace, or something to be injected into it, that cannot be used. Its message says why. */
final class TraceException extends Exception {

  private static final long serialVersionUID = 1;

  TraceException(String message) {
    super(message);
  }
}
