package dev.tollgate.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * How the engine is, for libraries that ask for each value on its own: it is read at most every
 * {@link #FRESH}, for some of it costs a question to the store. Thread-safe.
 */
final class Readings {

  static final Duration FRESH = Duration.ofSeconds(5);

  private final Supplier<List<Gauge>> source;
  private final InstantSource clock;
  private List<Gauge> known = List.of();
  private Instant stale = Instant.MIN;

  Readings(Supplier<List<Gauge>> source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
  }

  /** All values; those of one name follow one another. */
  synchronized List<Gauge> current() {
    Instant now = clock.instant();
    if (!now.isBefore(stale)) {
      known = source.get();
      stale = now.plus(FRESH);
    }
    return known;
  }

  /** One value; empty when there is none any more. */
  OptionalDouble value(String dotted, Map<String, String> labels) {
    return current().stream()
        .filter(gauge -> gauge.dotted().equals(dotted) && gauge.labels().equals(labels))
        .mapToDouble(gauge -> gauge.value().doubleValue())
        .findFirst();
  }
}
