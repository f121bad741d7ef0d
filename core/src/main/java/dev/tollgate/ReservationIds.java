package dev.tollgate;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Ids that no other process makes: a random prefix and a number. Thread-safe. */
final class ReservationIds {

  private final String prefix = Long.toUnsignedString(new SecureRandom().nextLong(), 36) + "-";
  private final AtomicLong last = new AtomicLong();

  String next() {
    return prefix + Long.toString(last.incrementAndGet(), 36);
  }
}
