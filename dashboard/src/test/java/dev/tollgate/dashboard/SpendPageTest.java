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
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
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
    "provider, year",
    "caller, day",
    "caller, month",
    "caller, year"
  })
  void everyChartSumsUpToWhatWasCharged(String dimension, String span) throws Exception {
    assertThat(total("admin/spend?by=" + dimension + "&span=" + span))
        .as("seed %d", SEED)
        .isEqualByComparingTo(spent);
  }

  @Test
  void manyModelsBecomeOneColumn() throws Exception {
    String page = asOperator("admin/spend?by=model").body();
    assertThat(
            Pattern.compile("<th scope=\"col\" class=\"number\"><a [^>]*><bdi>")
                .matcher(page)
                .results())
        .hasSize(SpendChart.MAX_NAMES);
    assertThat(page).contains(">All others</th>");
  }

  @Test
  void aPeakLeadsToTheCallsBehindIt() throws Exception {
    String month = asOperator("admin/spend?by=model&span=month").body();
    assertThat(month).contains("spend?by=model&amp;span=day&amp;at=2026-03-10");
    String day = asOperator("admin/spend?by=model&span=day&at=2026-03-10").body();
    assertThat(day).contains("/hour?by=model&amp;at=2026-03-10T12&amp;name=m");
    Matcher caller = Pattern.compile("/callers\\?id=(c\\d+)").matcher(day);
    assertThat(caller.find()).isTrue();
    assertThat(asOperator("admin/callers?id=" + caller.group(1)).body())
        .contains("Latest calls")
        .doesNotContain("None yet.");
  }

  /** From the cell of a model and an hour to its calls, and to who made them. */
  @Test
  void anHourAndAModelLeadToTheirCalls() throws Exception {
    String day = asOperator("admin/spend?by=model&span=day&at=2026-03-10").body();
    Matcher cell =
        Pattern.compile(
                "/app/tollgate/(admin/hour\\?by=model&amp;at=[^\"]*&amp;name=(m\\d+))\"><data value=\"([0-9.]+)\"")
            .matcher(day);
    assertThat(cell.find()).isTrue();
    String hour = asOperator(cell.group(1).replace("&amp;", "&")).body();
    List<String> rows =
        Pattern.compile("<tr title=\"call [^\"]*\">(.*?)</tr>")
            .matcher(hour)
            .results()
            .map(row -> row.group(1))
            .toList();
    assertThat(rows)
        .isNotEmpty()
        .allMatch(row -> row.contains("<bdi>" + cell.group(2) + "</bdi>"))
        .allMatch(row -> row.contains("/callers?id=c"));
    assertThat(
            rows.stream()
                .map(row -> row.replaceAll(".*<data value=\"([0-9.]+)\">.*", "$1"))
                .map(BigDecimal::new)
                .reduce(BigDecimal.ZERO, BigDecimal::add))
        .as("seed %d: so few calls are all listed", SEED)
        .isEqualByComparingTo(cell.group(3));
    assertThat(hour).contains("Top callers, 2026-03-10", "everything in this hour");
  }

  @Test
  void aCallersOwnSpendingIsShownOverTime() throws Exception {
    String callers = asOperator("admin/spend?by=caller&span=month").body();
    Matcher own =
        Pattern.compile(
                "/app/tollgate/(admin/spend\\?by=caller&amp;span=month&amp;at=2026-03-31&amp;name=c\\d+)\" title=\"over time\"><data value=\"([0-9.]+)\"")
            .matcher(callers);
    assertThat(own.find()).isTrue();
    assertThat(total(own.group(1).replace("&amp;", "&"))).isEqualByComparingTo(own.group(2));
  }

  @Test
  void topCallersHaveManyPages() throws Exception {
    Set<String> found = new HashSet<>();
    for (int page = 0; page < CALLS / TopCallers.OF_A_PAGE; page++) {
      String body = asOperator("admin/spend?span=month&callers=" + page).body();
      assertThat(body.contains(">the next</a>")).isEqualTo(page < CALLS / TopCallers.OF_A_PAGE - 1);
      Pattern.compile("/callers\\?id=(c\\d+)\"")
          .matcher(body)
          .results()
          .forEach(row -> found.add(row.group(1)));
    }
    assertThat(found).hasSize(CALLS);
  }

  @Test
  void aMonthThatIsNotOverLeadsToToday() throws Exception {
    assertThat(asOperator("admin/spend?by=model&span=month").body())
        .contains("span=day&amp;at=2026-03-10")
        .doesNotContain("span=day&amp;at=2026-03-31")
        .doesNotContain(">later</a>");
  }

  @Test
  void whatIsForgottenIsSaidToBeForgotten() throws Exception {
    assertThat(asOperator("admin/spend?span=day&at=2026-01-10").body())
        .contains("Who spent how much in a day is kept for 35 days.", "None is known.");
    assertThat(asOperator("admin/hour?at=2026-03-01T10").body())
        .contains("Who spent how much in an hour is kept for 8 days.");
  }

  @Test
  void anOutageIsSaidAndExportsNothing() throws Exception {
    try (PageServer cut = PageServer.start()) {
      cut.outage().begin();
      for (String page :
          List.of("admin/spend", "admin/spend?by=caller", "admin/hour?at=2026-03-10T12")) {
        HttpResponse<String> answer =
            cut.get(page, "User", "olga", "Role", "tollgate-admin", "Accept", "text/html");
        assertThat(answer.statusCode()).as(page).isEqualTo(503);
        assertThat(answer.body())
            .contains("What was spent is not known now: the store does not answer.")
            .doesNotContain("Nothing was spent");
      }
      for (SpendExport.Format format : SpendExport.Format.values()) {
        HttpResponse<String> export =
            cut.get(
                "admin/export?format=" + format.parameter(),
                "User",
                "olga",
                "Role",
                "tollgate-admin");
        assertThat(export.statusCode()).isEqualTo(503);
        assertThat(export.body()).contains("Nothing was exported");
        assertThat(export.headers().firstValue("Content-Disposition")).isEmpty();
      }
    }
  }

  @Test
  void anExportOfNothingHasItsColumns() throws Exception {
    assertThat(asOperator("admin/export?span=month&at=2025-06-01&format=csv").body())
        .isEqualTo(
            "from,to,model,costUsd,requests,restricted,refused,inputTokens,outputTokens,"
                + "estimatedCalls\r\n");
    assertThat(asOperator("admin/export?span=month&at=2025-06-01&format=focus").body())
        .isEqualTo(String.join(",", FocusRow.COLUMNS) + "\r\n");
    assertThat(asOperator("admin/export?span=month&at=2025-06-01&format=json-lines").body())
        .isEmpty();
  }

  /** The columns that FOCUS 1.0 demands, and what may not be null of them. */
  @Test
  void focusHasEachMandatoryColumn() throws Exception {
    List<String> lines = asOperator("admin/export?span=day&format=focus").body().lines().toList();
    List<String> columns = List.of(lines.get(0).split(","));
    assertThat(columns)
        .contains(
            "BilledCost",
            "BillingAccountId",
            "BillingAccountName",
            "BillingCurrency",
            "BillingPeriodEnd",
            "BillingPeriodStart",
            "ChargeCategory",
            "ChargeClass",
            "ChargeDescription",
            "ChargePeriodEnd",
            "ChargePeriodStart",
            "ContractedCost",
            "EffectiveCost",
            "InvoiceIssuerName",
            "ListCost",
            "PricingQuantity",
            "PricingUnit",
            "ProviderName",
            "PublisherName",
            "ServiceCategory",
            "ServiceName");
    assertThat(lines).hasSizeGreaterThan(20);
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      assertThat(cells).hasSameSizeAs(columns);
      for (int i = 0; i < cells.length; i++) {
        assertThat(cells[i].isEmpty())
            .as(columns.get(i))
            .isEqualTo(columns.get(i).equals("ChargeClass"));
      }
      assertThat(cells[columns.indexOf("ProviderName")]).isEqualTo("openai");
    }
  }

  @Test
  void onlyWhatASpreadsheetReadsHasAnApostropheBeforeAFormula() throws Exception {
    try (PageServer other = PageServer.start()) {
      other
          .tollgate()
          .reserve(Call.of(new Caller("ann", "free"), "chat").model("=1+1").estimate(7, 3))
          .orThrow()
          .settle(Usage.of(7, 3));
      String csv = "";
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
      while (!csv.contains("1+1") && System.nanoTime() < deadline) {
        csv = other.get("admin/export", "User", "olga", "Role", "tollgate-admin").body();
      }
      assertThat(csv).contains(",'=1+1,");
      assertThat(
              other
                  .get("admin/export?format=json-lines", "User", "olga", "Role", "tollgate-admin")
                  .body())
          .contains("\"model\":\"=1+1\"");
    }
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
        "admin/spend?callers=-1",
        "admin/spend?callers=999999",
        "admin/hour",
        "admin/hour?at=2026-03-10",
        "admin/hour?at=%2B999999999-01-01T00",
        "admin/hour?at=2024-03-10T00",
        "admin/hour?at=2026-03-10T12&by=colour",
        "admin/export?format=xls"
      })
  void whatThereIsNotIsAProblem(String path) throws Exception {
    assertThat(server.get(path, "User", "olga", "Role", "tollgate-admin").statusCode())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"admin/spend", "admin/export", "admin/hour?at=2026-03-10T12"})
  void onlyOperatorsMaySeeThem(String path) throws Exception {
    assertThat(server.get(path, "User", "ann").statusCode()).isEqualTo(403);
  }
}
