package dev.tollgate.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** A clock that moves when it is told. */
final class WorldTime implements InstantSource {

  private long micros;

  WorldTime(Instant start) {
    micros = start.getEpochSecond() * 1_000_000;
  }

  /** Microseconds since 1970. */
  long micros() {
    return micros;
  }

  void pass(Duration duration) {
    micros += duration.toNanos() / 1000;
  }

  void set(long micros) {
    this.micros = micros;
  }

  @Override
  public Instant instant() {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
