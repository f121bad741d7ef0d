package dev.tollgate.dashboard;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Hands what is counted to OpenTelemetry. Loaded only where that is. It asks for the application's
 * OpenTelemetry when something is counted and not before, since whoever asks too early keeps the
 * application from setting it. Thread-safe.
 */
final class OpenTelemetryMeters implements Meters {

  private static final String SCOPE = "dev.tollgate";

  private final Supplier<OpenTelemetry> openTelemetry;
  private final Map<Instrument, DoubleCounter> counters = new ConcurrentHashMap<>();
  private final Map<Instrument, DoubleHistogram> histograms = new ConcurrentHashMap<>();

  OpenTelemetryMeters(Supplier<OpenTelemetry> openTelemetry) {
    this.openTelemetry = openTelemetry;
  }

  /** To the application's one. */
  static Meters ofApplication() {
    return new OpenTelemetryMeters(GlobalOpenTelemetry::get);
  }

  @Override
  public void record(Instrument instrument, long amount, List<String> labels) {
    double value = instrument.unit().of(amount).doubleValue();
    AttributesBuilder attributes = Attributes.builder();
    for (int i = 0; i < labels.size(); i++) {
      attributes.put(instrument.labels().get(i), labels.get(i));
    }
    if (instrument.buckets().isPresent()) {
      histograms.computeIfAbsent(instrument, this::histogram).record(value, attributes.build());
    } else {
      counters.computeIfAbsent(instrument, this::counter).add(value, attributes.build());
    }
  }

  private DoubleCounter counter(Instrument instrument) {
    return meter()
        .counterBuilder(instrument.dotted())
        .ofDoubles()
        .setDescription(instrument.help())
        .setUnit(instrument.unit().code())
        .build();
  }

  private DoubleHistogram histogram(Instrument instrument) {
    List<Double> bounds =
        instrument.buckets().orElseThrow().stream()
            .map(bound -> instrument.unit().of(bound).doubleValue())
            .toList();
    return meter()
        .histogramBuilder(instrument.dotted())
        .setDescription(instrument.help())
        .setUnit(instrument.unit().code())
        .setExplicitBucketBoundariesAdvice(bounds)
        .build();
  }

  private Meter meter() {
    return openTelemetry.get().getMeter(SCOPE);
  }
}
