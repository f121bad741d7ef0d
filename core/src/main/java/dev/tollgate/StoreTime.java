package dev.tollgate;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** The store's time, as well as this process knows it. Thread-safe. */
final class StoreTime {

  private final InstantSource clock;
  private volatile long aheadMicros;

  StoreTime(InstantSource clock) {
    this.clock = clock;
  }

  /** Microseconds since the epoch. */
  long micros() {
    return localMicros() + aheadMicros;
  }

  Instant now() {
    return clock.instant().plus(aheadMicros, ChronoUnit.MICROS);
  }

  /** Takes note of what the store said its time is. */
  void heard(long micros) {
    aheadMicros = micros - localMicros();
  }

  private long localMicros() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000L + now.getNano() / 1000;
  }
}
