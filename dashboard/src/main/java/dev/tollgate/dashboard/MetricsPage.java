package dev.tollgate.dashboard;

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
  private final Supplier<List<Gauge>> gauges;

  /**
   * @param gauges is asked at every request
   */
  MetricsPage(PrometheusMeters meters, Supplier<List<Gauge>> gauges) {
    this.meters = meters;
    this.gauges = gauges;
  }

  @Override
  public void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    PrometheusText text = new PrometheusText();
    meters.writeTo(text);
    String family = "";
    for (Gauge gauge : gauges.get()) {
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
