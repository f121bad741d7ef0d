package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Alert;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Usage;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every query of the shipped dashboard finds its metrics and labels, whoever is scraped. */
class GrafanaDashboardTest {

  private static final Path DASHBOARD = Path.of("../docs/grafana-dashboard.json");
  private static final Pattern METRIC = Pattern.compile("(?:tollgate|gen_ai)_[a-z_]+");
  private static final Pattern GROUPED = Pattern.compile("by \\(([a-z_]+)\\)");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private PageServer server;

  @BeforeEach
  void count() throws Exception {
    Metrics.addRegistry(registry);
    server = PageServer.start();
    call();
    server.tollgate().reserve(Call.of(new Caller("ann", "free"), "chat").requests(1000));
    server
        .tollgate()
        .report(
            new Alert(
                Alert.Kind.PROVIDER_LIMIT_SET, PageServer.NOW, "openai", "a limit", Map.of()));
    server.useGenAiMetrics();
    call();
    while (!registry.scrape().contains("tollgate_alerts_total{")) {
      Thread.onSpinWait();
    }
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    Metrics.removeRegistry(registry);
  }

  private void call() {
    server
        .tollgate()
        .reserve(Call.of(new Caller("ann", "free"), "chat").model("m").estimate(700, 300))
        .orThrow()
        .settle(Usage.of(700, 300));
  }

  private static List<String> queries() throws Exception {
    List<String> queries = new ArrayList<>();
    for (JsonNode panel : Json.read(Files.readAllBytes(DASHBOARD)).path("panels")) {
      panel.path("targets").forEach(target -> queries.add(target.path("expr").textValue()));
    }
    assertThat(queries).hasSizeGreaterThan(10);
    return queries;
  }

  private static void assertAnswers(String scraped) throws Exception {
    for (String query : queries()) {
      List<String> metrics =
          METRIC
              .matcher(GROUPED.matcher(query).replaceAll(""))
              .results()
              .map(found -> found.group())
              .toList();
      assertThat(metrics).as(query).isNotEmpty();
      for (String metric : metrics) {
        assertThat(scraped.lines())
            .as("%s of %s", metric, query)
            .anyMatch(line -> line.matches(metric + "(\\{.*)? [0-9.eE+-]+"));
        GROUPED
            .matcher(query)
            .results()
            .forEach(
                label ->
                    assertThat(scraped.lines())
                        .as("label of %s", query)
                        .anyMatch(
                            line ->
                                line.startsWith(metric + "{")
                                    && line.contains(label.group(1) + "=\"")));
      }
    }
  }

  @Test
  void theProductsOwnTextHasEveryMetric() throws Exception {
    assertAnswers(server.get("metrics").body());
  }

  @Test
  void micrometersRegistryForPrometheusHasEveryMetric() throws Exception {
    assertAnswers(registry.scrape());
  }

  @Test
  void micrometersHistogramsHaveTheSameBuckets() throws Exception {
    String own = server.get("metrics").body();
    String registered = registry.scrape();
    for (String name :
        List.of(
            "gen_ai_client_token_usage_bucket",
            "gen_ai_client_operation_duration_seconds_bucket")) {
      assertThat(own.lines().filter(line -> line.startsWith(name)).count())
          .as(name)
          .isPositive()
          .isEqualTo(registered.lines().filter(line -> line.startsWith(name)).count());
    }
  }
}
