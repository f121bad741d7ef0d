package dev.tollgate.dashboard;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.DoubleCounterBuilder;
import io.opentelemetry.api.metrics.DoubleGaugeBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Hands what is counted to OpenTelemetry. Loaded only where that is. It asks for the application's
 * OpenTelemetry when something is counted and not before, since whoever asks too early keeps the
 * application from setting it. Thread-safe.
 */
final class OpenTelemetryMeters implements Meters {

  private static final String SCOPE = "dev.tollgate";
  private static final Runnable NOTHING = () -> {};

  private final Supplier<OpenTelemetry> openTelemetry;
  private final Map<Instrument, DoubleCounter> counters = new ConcurrentHashMap<>();
  private final Map<Instrument, DoubleHistogram> histograms = new ConcurrentHashMap<>();
  private final Queue<Observed> observed = new ConcurrentLinkedQueue<>();

  /** Registers what is observed. */
  private final AtomicReference<Runnable> unobserved = new AtomicReference<>(NOTHING);

  OpenTelemetryMeters(Supplier<OpenTelemetry> openTelemetry) {
    this.openTelemetry = openTelemetry;
  }

  /** To the application's one. */
  static Meters ofApplication() {
    return new OpenTelemetryMeters(GlobalOpenTelemetry::get);
  }

  /** The names are those that have values by now, or may have after a reload. */
  @Override
  public void observe(Readings readings) {
    Map<String, Gauge> names = new LinkedHashMap<>();
    readings.current().forEach(gauge -> names.putIfAbsent(gauge.dotted(), gauge));
    Gauge.PROTOTYPES.forEach(gauge -> names.putIfAbsent(gauge.dotted(), gauge));
    unobserved.set(() -> names.values().forEach(name -> observe(name, readings)));
  }

  private void observe(Gauge name, Readings readings) {
    Consumer<ObservableDoubleMeasurement> read =
        measurement ->
            readings.current().stream()
                .filter(gauge -> gauge.dotted().equals(name.dotted()))
                .forEach(
                    gauge -> measurement.record(gauge.value().doubleValue(), attributes(gauge)));
    if (name.counter()) {
      DoubleCounterBuilder builder = meter().counterBuilder(name.dotted()).ofDoubles();
      observed.add(builder.setDescription(name.help()).buildWithCallback(read)::close);
    } else {
      DoubleGaugeBuilder builder = meter().gaugeBuilder(name.dotted());
      observed.add(builder.setDescription(name.help()).buildWithCallback(read)::close);
    }
  }

  private static Attributes attributes(Gauge gauge) {
    AttributesBuilder attributes = Attributes.builder();
    gauge.labels().forEach(attributes::put);
    return attributes.build();
  }

  @Override
  public void record(Instrument instrument, long amount, List<String> labels) {
    unobserved.getAndSet(NOTHING).run();
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

  /** Something that is asked for its values until it is closed. */
  private interface Observed {
    void close();
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

  /** A server's OpenTelemetry must not ask an application that is gone. */
  @Override
  public void close() {
    unobserved.set(NOTHING);
    for (Observed each = observed.poll(); each != null; each = observed.poll()) {
      each.close();
    }
  }
}
