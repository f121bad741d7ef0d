package dev.tollgate.dashboard;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Hands what is counted to Micrometer. Loaded only where that is. Thread-safe. */
final class MicrometerMeters implements Meters {

  private final MeterRegistry registry;
  private final Set<Meter> registered = ConcurrentHashMap.newKeySet();

  MicrometerMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** To all registries of the application. */
  static Meters ofApplication() {
    return new MicrometerMeters(Metrics.globalRegistry);
  }

  @Override
  public void record(Instrument instrument, long amount, List<String> labels) {
    double value = instrument.unit().of(amount).doubleValue();
    List<Tag> tags = new ArrayList<>(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      tags.add(Tag.of(instrument.labels().get(i), labels.get(i)));
    }
    if (instrument.buckets().isPresent()) {
      DistributionSummary summary =
          DistributionSummary.builder(instrument.dotted())
              .description(instrument.help())
              .baseUnit(unit(instrument))
              .serviceLevelObjectives(bounds(instrument))
              .tags(tags)
              .register(registry);
      registered.add(summary);
      summary.record(value);
    } else {
      Counter counter =
          Counter.builder(instrument.dotted())
              .description(instrument.help())
              .baseUnit(unit(instrument))
              .tags(tags)
              .register(registry);
      registered.add(counter);
      counter.increment(value);
    }
  }

  /** Registries make it a part of the name, so it is what Prometheus's text has there. */
  private static @Nullable String unit(Instrument instrument) {
    String suffix = instrument.unit().suffix();
    return suffix.isEmpty() ? null : suffix;
  }

  private static double[] bounds(Instrument instrument) {
    return instrument.buckets().orElseThrow().stream()
        .mapToDouble(bound -> instrument.unit().of(bound).doubleValue())
        .toArray();
  }

  /** Values that come with a changed configuration are registered when others are read. */
  @Override
  public void observe(Readings readings) {
    readings.current().forEach(gauge -> register(gauge, readings));
  }

  private void register(Gauge gauge, Readings readings) {
    List<Tag> tags =
        gauge.labels().entrySet().stream()
            .map(label -> Tag.of(label.getKey(), label.getValue()))
            .toList();
    if (gauge.counter()) {
      registered.add(
          FunctionCounter.builder(gauge.dotted(), readings, from -> value(gauge, from))
              .description(gauge.help())
              .tags(tags)
              .register(registry));
    } else {
      registered.add(
          io.micrometer.core.instrument.Gauge.builder(
                  gauge.dotted(),
                  readings,
                  from -> {
                    observe(from);
                    return value(gauge, from);
                  })
              .description(gauge.help())
              .tags(tags)
              .strongReference(true)
              .register(registry));
    }
  }

  private static double value(Gauge gauge, Readings readings) {
    return readings.value(gauge.dotted(), gauge.labels()).orElse(Double.NaN);
  }

  /** A server's registry must not keep an application that is gone. */
  @Override
  public void close() {
    registered.forEach(registry::remove);
    registered.clear();
  }
}
