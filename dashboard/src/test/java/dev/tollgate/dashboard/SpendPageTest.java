package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Call;
import dev.tollgate.CallRecord;
import dev.tollgate.Caller;
import dev.tollgate.Money;
import dev.tollgate.Usage;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was spent, as operators see it: to the nano-dollar what was charged. */
class SpendPageTest {

  private static final long SEED = 20260310;
  private static final int CALLS = 400;

  private static PageServer server;
  private static BigDecimal spent;

  @BeforeAll
  static void spendAtRandom() throws Exception {
    server = PageServer.start();
    Random random = new Random(SEED);
    long nanoUsd = 0;
    for (int i = 0; i < CALLS; i++) {
      server.setTime(PageServer.NOW.minus(random.nextInt(10), ChronoUnit.HOURS));
      Caller caller = new Caller("c" + i, "free");
      Usage usage = Usage.of(random.nextInt(1, 700), random.nextInt(1, 300));
      CallRecord charged =
          server
              .tollgate()
              .reserve(Call.of(caller, "chat").model("m" + random.nextInt(20)).estimate(700, 300))
              .orThrow()
              .settle(usage);
      nanoUsd += charged.costNanoUsd();
    }
    server.setTime(PageServer.NOW);
    spent = Money.usd(nanoUsd);
    awaitLedger();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  /** The engine adds its calls up every five seconds, on a thread of its own. */
  private static void awaitLedger() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (total("admin/spend").compareTo(spent) != 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
  }

  private static HttpResponse<String> asOperator(String path) throws Exception {
    HttpResponse<String> answer =
        server.get(path, "User", "olga", "Role", "tollgate-admin", "Accept", "text/html,*/*;q=0.8");
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return answer;
  }

  /** The sum of what a chart shows: the last number of a row is the total of the others. */
  private static BigDecimal total(String path) throws Exception {
    Matcher row =
        Pattern.compile("<tr>(<th scope=\"row\">.*?)</tr>").matcher(asOperator(path).body());
    BigDecimal sum = BigDecimal.ZERO;
    while (row.find()) {
      List<BigDecimal> amounts =
          Pattern.compile("<data value=\"([0-9.]+)\">")
              .matcher(row.group(1))
              .results()
              .map(found -> new BigDecimal(found.group(1)))
              .toList();
      BigDecimal ofNames =
          amounts.subList(0, amounts.size() - 1).stream().reduce(BigDecimal.ZERO, BigDecimal::add);
      assertThat(ofNames).isEqualByComparingTo(amounts.get(amounts.size() - 1));
      sum = sum.add(ofNames);
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({
    "model, day",
    "model, month",
    "model, year",
    "route, month",
    "tier, day",
    "provider, year"
  })
  void everyChartSumsUpToWhatWasCharged(String dimension, String span) throws Exception {
    assertThat(total("admin/spend?by=" + dimension + "&span=" + span))
        .as("seed %d", SEED)
        .isEqualByComparingTo(spent);
  }

  @Test
  void manyModelsBecomeOneColumn() throws Exception {
    String page = asOperator("admin/spend?by=model").body();
    assertThat(Pattern.compile("<th scope=\"col\" class=\"number\"><bdi>").matcher(page).results())
        .hasSize(SpendChart.MAX_NAMES + 1);
    assertThat(page).contains("<bdi>All others</bdi>");
  }

  @Test
  void aPeakLeadsToTheCallsBehindIt() throws Exception {
    String month = asOperator("admin/spend?by=model&span=month").body();
    assertThat(month).contains("spend?by=model&amp;span=day&amp;at=2026-03-10");
    String day = asOperator("admin/spend?by=model&span=day&at=2026-03-10").body();
    Matcher caller = Pattern.compile("/callers\\?id=(c\\d+)").matcher(day);
    assertThat(caller.find()).isTrue();
    assertThat(asOperator("admin/callers?id=" + caller.group(1)).body())
        .contains("Latest calls")
        .doesNotContain("None yet.");
  }

  @Test
  void anExportHasTheSameSum() throws Exception {
    BigDecimal sum = BigDecimal.ZERO;
    for (String line :
        asOperator("admin/export?by=model&span=month&format=json-lines").body().lines().toList()) {
      JsonNode row = Json.read(line.getBytes(StandardCharsets.UTF_8));
      sum = sum.add(new BigDecimal(row.path("costUsd").textValue()));
    }
    assertThat(sum).isEqualByComparingTo(spent);
    assertThat(focusSum()).isEqualByComparingTo(spent);
  }

  private static BigDecimal focusSum() throws Exception {
    HttpResponse<String> focus = asOperator("admin/export?by=model&span=day&format=focus");
    assertThat(focus.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"spend-2026-03-10.focus.csv\"");
    List<String> lines = focus.body().lines().toList();
    int column = List.of(lines.get(0).split(",")).indexOf("BilledCost");
    return lines.stream()
        .skip(1)
        .map(line -> new BigDecimal(line.split(",")[column]))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "admin/spend?by=colour",
        "admin/spend?span=century",
        "admin/spend?at=yesterday",
        "admin/spend?at=%2B999999999-01-01",
        "admin/export?format=xls"
      })
  void whatThereIsNotIsAProblem(String path) throws Exception {
    assertThat(server.get(path, "User", "olga", "Role", "tollgate-admin").statusCode())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"admin/spend", "admin/export"})
  void onlyOperatorsMaySeeThem(String path) throws Exception {
    assertThat(server.get(path, "User", "ann").statusCode()).isEqualTo(403);
  }
}
