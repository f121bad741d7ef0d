package dev.tollgate.dashboard;

import dev.tollgate.SinkState;
import dev.tollgate.Tollgate;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** {@code GET /tollgate/metrics}: Prometheus's text. It names no caller. Thread-safe. */
final class MetricsPage implements Page {

  static final String PATH = "/tollgate/metrics";

  private final PrometheusMeters meters;
  private final Tollgate tollgate;
  private final Supplier<List<SinkState>> sinks;

  MetricsPage(PrometheusMeters meters, Tollgate tollgate, Supplier<List<SinkState>> sinks) {
    this.meters = meters;
    this.tollgate = tollgate;
    this.sinks = sinks;
  }

  @Override
  public void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    PrometheusText text = new PrometheusText();
    meters.writeTo(text);
    List<Gauge> gauges = new ArrayList<>(Gauge.of(tollgate));
    gauges.addAll(Gauge.of(sinks.get()));
    String family = "";
    for (Gauge gauge : gauges) {
      if (!gauge.dotted().equals(family)) {
        family = gauge.dotted();
        text.family(family, gauge.help(), gauge.counter() ? "counter" : "gauge");
      }
      List<String> values = new ArrayList<>(gauge.labels().values());
      String suffix = gauge.counter() ? "_total" : "";
      text.sample(suffix, List.copyOf(gauge.labels().keySet()), values, gauge.value());
    }
    byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
    response.setContentType(PrometheusText.TYPE);
    response.setContentLength(body.length);
    response.setHeader("Cache-Control", "no-store");
    response.getOutputStream().write(body);
  }
}
