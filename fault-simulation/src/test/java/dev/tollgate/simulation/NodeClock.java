package dev.tollgate.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A process's clock, which goes wrong by an offset. */
final class NodeClock implements InstantSource {

  private final WorldTime time;
  private Duration offset = Duration.ZERO;

  NodeClock(WorldTime time) {
    this.time = time;
  }

  void offset(Duration offset) {
    this.offset = offset;
  }

  @Override
  public Instant instant() {
    return time.instant().plus(offset);
  }
}
