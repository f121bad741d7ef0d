package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What reaches an OpenTelemetry of the application. */
class OpenTelemetryMetersTest {

  private final InMemoryMetricReader reader = InMemoryMetricReader.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build())
          .build();
  private final AtomicInteger asked = new AtomicInteger();
  private final OpenTelemetryMeters meters =
      new OpenTelemetryMeters(
          () -> {
            asked.incrementAndGet();
            return sdk;
          });

  @AfterEach
  void stop() {
    meters.close();
    sdk.close();
  }

  private MetricData metric(String name) {
    return reader.collectAllMetrics().stream()
        .filter(metric -> metric.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void costIsADecimalOfDollars() {
    meters.record(Instrument.COST, 1_300_000, List.of("chat", "free", "m"));
    meters.record(Instrument.COST, 700_000, List.of("chat", "free", "m"));
    MetricData cost = metric("tollgate.cost");
    assertThat(cost.getUnit()).isEqualTo("USD");
    assertThat(cost.getDoubleSumData().getPoints())
        .singleElement()
        .satisfies(
            point -> {
              assertThat(point.getValue()).isEqualTo(0.002);
              assertThat(point.getAttributes())
                  .isEqualTo(
                      Attributes.of(
                          AttributeKey.stringKey("route"), "chat",
                          AttributeKey.stringKey("tier"), "free",
                          AttributeKey.stringKey("model"), "m"));
            });
  }

  @Test
  void tokensOfTheConventionsAreAHistogramWithTheirBuckets() {
    List<String> labels = List.of("chat", "openai", "gpt-5", "gpt-5", "input");
    meters.record(Instrument.GENAI_TOKENS, 5, labels);
    assertThat(metric("gen_ai.client.token.usage").getHistogramData().getPoints())
        .singleElement()
        .satisfies(
            point -> {
              assertThat(point.getSum()).isEqualTo(5);
              assertThat(point.getBoundaries()).startsWith(1.0, 4.0, 16.0).hasSize(14);
              assertThat(point.getCounts()).startsWith(0L, 0L, 1L, 0L);
            });
  }

  @Test
  void valuesAreReadOnceSomethingIsCounted() {
    Gauge open = gauge("tollgate.breaker.state", false, Map.of("scope", "tier free"), 2);
    Gauge lost = gauge("tollgate.settlements.lost", true, Map.of(), 3);
    meters.observe(new Readings(() -> List.of(open, lost), InstantSource.fixed(Instant.EPOCH)));
    assertThat(asked).hasValue(0);
    assertThat(reader.collectAllMetrics()).isEmpty();

    meters.record(Instrument.ALERTS, 1, List.of("quota-reached"));
    assertThat(metric("tollgate.breaker.state").getDoubleGaugeData().getPoints())
        .singleElement()
        .satisfies(
            point -> {
              assertThat(point.getValue()).isEqualTo(2);
              assertThat(point.getAttributes().asMap())
                  .containsExactly(entry(AttributeKey.stringKey("scope"), "tier free"));
            });
    assertThat(metric("tollgate.settlements.lost").getDoubleSumData().getPoints())
        .singleElement()
        .satisfies(point -> assertThat(point.getValue()).isEqualTo(3));

    meters.close();
    assertThat(reader.collectAllMetrics())
        .noneMatch(metric -> metric.getName().equals("tollgate.breaker.state"));
  }

  @Test
  void aBudgetThatAReloadBringsIsReadToo() {
    AtomicReference<List<Gauge>> known = new AtomicReference<>(List.of());
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    meters.observe(new Readings(known::get, now::get));
    meters.record(Instrument.ALERTS, 1, List.of("quota-reached"));
    assertThat(reader.collectAllMetrics())
        .noneMatch(metric -> metric.getName().equals("tollgate.budget.limit.usd"));
    known.set(List.of(gauge("tollgate.budget.limit.usd", false, Map.of("provider", "openai"), 7)));
    now.set(Instant.EPOCH.plus(Readings.FRESH));
    assertThat(metric("tollgate.budget.limit.usd").getDoubleGaugeData().getPoints())
        .singleElement()
        .satisfies(point -> assertThat(point.getValue()).isEqualTo(7));
  }

  private static Gauge gauge(
      String dotted, boolean counter, Map<String, String> labels, long value) {
    return new Gauge(dotted, "help", counter, labels, BigDecimal.valueOf(value));
  }
}
