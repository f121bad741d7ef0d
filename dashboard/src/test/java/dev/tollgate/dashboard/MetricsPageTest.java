package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.BreakerControl;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.SpendScope;
import dev.tollgate.Usage;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What machines that watch are told. */
class MetricsPageTest {

  /** A line of the text format, as its specification has it. */
  private static final Pattern LINE =
      Pattern.compile(
          "# HELP [a-z_]+ .+|# TYPE [a-z_]+ (counter|gauge|histogram)"
              + "|[a-z_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*})? [0-9.]+");

  private PageServer server;

  @BeforeEach
  void start() throws Exception {
    server = PageServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private static Call call(String caller, String model) {
    return Call.of(new Caller(caller, "free"), "chat").model(model).estimate(700, 300);
  }

  private List<String> scrape() throws Exception {
    HttpResponse<String> metrics = server.get("metrics");
    assertThat(metrics.statusCode()).isEqualTo(200);
    assertThat(metrics.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain")
        .contains("version=0.0.4");
    return metrics.body().lines().toList();
  }

  @Test
  void callsAreCountedWithTheirTokensAndCost() throws Exception {
    server.tollgate().reserve(call("ann", "m")).orThrow().settle(Usage.of(700, 300));
    server.tollgate().reserve(call("ann", "m")).orThrow().settle(new Usage(600, 100, 0, 200, 50));
    server.tollgate().reserve(call("bob", "m")).orThrow().cancel();
    server.tollgate().reserve(call("bob", "m").requests(1000));
    assertThat(scrape())
        .allMatch(line -> LINE.matcher(line).matches())
        .contains(
            "tollgate_decisions_total{route=\"chat\",tier=\"free\",decision=\"admitted\"} 3",
            "tollgate_decisions_total{route=\"chat\",tier=\"free\",decision=\"refused\"} 1",
            "tollgate_refusals_total{route=\"chat\",tier=\"free\",reason=\"limit-exceeded\"} 1",
            "tollgate_calls_total{route=\"chat\",tier=\"free\",model=\"m\",outcome=\"settled\"} 2",
            "tollgate_tokens_total{route=\"chat\",tier=\"free\",model=\"m\",type=\"input\"} 1300",
            "tollgate_tokens_total{route=\"chat\",tier=\"free\",model=\"m\",type=\"output\"} 500",
            "tollgate_tokens_total{route=\"chat\",tier=\"free\",model=\"m\",type=\"reasoning\"} 50",
            "tollgate_cost_usd_total{route=\"chat\",tier=\"free\",model=\"m\"} 0.0023",
            "tollgate_store_up 1",
            "tollgate_breaker_state{scope=\"application\"} 0",
            "tollgate_budget_limit_usd{provider=\"openai\"} 100")
        .noneMatch(line -> line.contains("ann") || line.contains("bob"));
  }

  @Test
  void tokensHaveTheNamesOfTheConventionsWhereTheyAreWanted() throws Exception {
    server.useGenAiMetrics();
    server.tollgate().reserve(call("ann", "gpt-5")).orThrow().settle(Usage.of(700, 300));
    String labels =
        "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"openai\","
            + "gen_ai_request_model=\"gpt-5\",gen_ai_response_model=\"gpt-5\"";
    assertThat(scrape())
        .contains(
            "gen_ai_client_token_usage_sum{" + labels + ",gen_ai_token_type=\"input\"} 700",
            "gen_ai_client_token_usage_bucket{"
                + labels
                + ",gen_ai_token_type=\"output\",le=\"256\"} 0",
            "gen_ai_client_token_usage_bucket{"
                + labels
                + ",gen_ai_token_type=\"output\",le=\"1024\"} 1",
            "gen_ai_client_operation_duration_seconds_count{" + labels + "} 1")
        .noneMatch(line -> line.startsWith("tollgate_tokens"));
  }

  @Test
  void micrometerIsTold() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Metrics.addRegistry(registry);
    try {
      server.tollgate().reserve(call("ann", "m")).orThrow().settle(Usage.of(700, 300));
      assertThat(registry.get("tollgate.cost").tag("model", "m").counter().count())
          .isEqualTo(0.0013);
    } finally {
      Metrics.removeRegistry(registry);
    }
  }

  @Test
  void micrometerReadsHowTheEngineIs() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Metrics.addRegistry(registry);
    try {
      assertThat(registry.get("tollgate.breaker.state").tag("scope", "application").gauge().value())
          .isZero();
      assertThat(
              registry.get("tollgate.budget.limit.usd").tag("provider", "openai").gauge().value())
          .isEqualTo(100);
      assertThat(
              registry
                  .get("tollgate.sink.alerts.delivered")
                  .tag("sink", "webhook")
                  .functionCounter()
                  .count())
          .isEqualTo(10);
      server.tollgate().control(SpendScope.APPLICATION, BreakerControl.OPEN);
      server.setTime(PageServer.NOW.plus(Readings.FRESH));
      assertThat(registry.get("tollgate.breaker.state").gauge().value()).isEqualTo(2);
    } finally {
      Metrics.removeRegistry(registry);
    }
  }

  @Test
  void aFloodOfModelsMakesNoFloodOfSeries() throws Exception {
    for (int i = 0; i < 300; i++) {
      server.tollgate().reserve(call("c" + i, "m" + i)).orThrow().settle(Usage.of(1, 1));
    }
    assertThat(scrape())
        .contains(
            "tollgate_calls_total{route=\"chat\",tier=\"free\",model=\"other\",outcome=\"settled\"} 200")
        .filteredOn(line -> line.startsWith("tollgate_calls_total"))
        .hasSize(CallMetrics.MAX_MODELS + 1);
  }

  @Test
  void madeUpModelsDoNotHideOneThatCostsMoney() throws Exception {
    for (int i = 0; i < 300; i++) {
      server.tollgate().reserve(call("c" + i, "made up " + i)).orThrow().settle(Usage.of(1, 1));
    }
    server.tollgate().reserve(call("ann", "m")).orThrow().settle(Usage.of(700, 300));
    assertThat(scrape())
        .contains("tollgate_cost_usd_total{route=\"chat\",tier=\"free\",model=\"m\"} 0.0013");
  }

  @Test
  void aHostileModelCannotWriteLinesOfItsOwn() throws Exception {
    String model = "\"} 1\nfake_metric 2\\";
    server.tollgate().reserve(call("ann", model)).orThrow().settle(Usage.of(1, 1));
    assertThat(scrape()).noneMatch(line -> line.startsWith("fake_metric"));
  }

  @Test
  void aHealthyEngineSaysSo() throws Exception {
    HttpResponse<String> health = server.get("health");
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body())
        .isEqualTo(
            "{\"status\":\"up\",\"degraded\":false,\"store\":\"up\",\"breaker\":\"closed\","
                + "\"journal\":{\"waiting\":0,\"lost\":0},\"alerts\":{\"dropped\":0,\"lost\":3}}");
  }

  @Test
  void healthTellsAnOpenBreaker() throws Exception {
    server.tollgate().control(SpendScope.APPLICATION, BreakerControl.OPEN);
    HttpResponse<String> health = server.get("health");
    assertThat(health.statusCode()).as("essential calls are served").isEqualTo(200);
    assertThat(health.body()).contains("\"breaker\":\"open\"");
  }

  @Test
  void sinksAreCountedByTheirKind() throws Exception {
    assertThat(scrape())
        .contains(
            "# TYPE tollgate_sink_alerts_lost_total counter",
            "tollgate_sink_alerts_delivered_total{sink=\"log\"} 7",
            "tollgate_sink_alerts_delivered_total{sink=\"webhook\"} 10",
            "tollgate_sink_alerts_lost_total{sink=\"webhook\"} 3",
            "tollgate_sink_alerts_retried_total{sink=\"webhook\"} 9",
            "tollgate_sink_alerts_waiting{sink=\"webhook\"} 1")
        .noneMatch(line -> line.contains("example.com"));
  }

  @Test
  void anEngineThatServesNobodyWithoutItsStoreIsUnavailable() throws Exception {
    server.outage().begin();
    for (int i = 0; i < 3; i++) {
      server.tollgate().reserve(call("ann", "m"));
    }
    HttpResponse<String> health = server.get("health");
    assertThat(health.statusCode()).isEqualTo(503);
    assertThat(health.body()).contains("\"status\":\"down\"", "\"degraded\":true");
    assertThat(scrape()).contains("tollgate_store_up 0");
  }
}
