package dev.tollgate.simulator;

import java.util.Optional;

/** Calls in the order of time, taken one by one. Not thread-safe. */
interface Calls {

  /**
   * The next call; empty at the end.
   *
   * @throws TraceException when it cannot be read
   */
  Optional<TraceCall> next() throws TraceException;
}
