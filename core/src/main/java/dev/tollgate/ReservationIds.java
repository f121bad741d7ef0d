package dev.tollgate;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Ids that no other process makes: a random prefix and a number. Thread-safe. */
final class ReservationIds {

  private final String prefix;
  private final AtomicLong last = new AtomicLong();

  ReservationIds() {
    this(new SecureRandom());
  }

  /**
   * @param random where the prefix comes from
   */
  ReservationIds(RandomGenerator random) {
    prefix = Long.toUnsignedString(random.nextLong(), 36) + "-";
  }

  String next() {
    return prefix + Long.toString(last.incrementAndGet(), 36);
  }
}
