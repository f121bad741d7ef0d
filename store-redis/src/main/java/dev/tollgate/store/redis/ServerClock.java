package dev.tollgate.store.redis;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The server's clock, as well as its answers let it be known. It only chooses the windows that are
 * sent along: the script checks them against the real time. Thread-safe.
 */
final class ServerClock {

  private final InstantSource local;
  private volatile long offsetMicros;

  ServerClock(InstantSource local) {
    this.local = local;
  }

  long micros() {
    return localMicros() + offsetMicros;
  }

  /** Takes note of the time that the server has just told. */
  void learn(long serverMicros) {
    offsetMicros = serverMicros - localMicros();
  }

  private long localMicros() {
    Instant now = local.instant();
    return now.getEpochSecond() * 1_000_000L + now.getNano() / 1000;
  }
}
