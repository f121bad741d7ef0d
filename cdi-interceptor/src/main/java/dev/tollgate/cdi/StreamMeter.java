package dev.tollgate.cdi;

import java.util.Optional;

/** Meters a library's streams: results that end later than the method that returns them. */
@FunctionalInterface
interface StreamMeter {

  /**
   * The same stream, which ends the call when it ends itself; empty when the result is none that
   * this meter knows.
   */
  Optional<Object> meter(Object result, AiCall call);
}
