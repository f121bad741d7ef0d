package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String HEADER = "timestamp,caller,input_tokens,output_tokens\n";
  private static final String LIMITS =
      """
      tollgate.tier.free.rate = 10/minute burst 20
      tollgate.tier.free.quota = 200 requests/day, 100000 tokens/day
      tollgate.tier.pro.rate = 600/minute burst 1000
      tollgate.caller-tier = default:free
      tollgate.price.my-model = 1 in, 10 out USD per 1M
      """;

  @TempDir private Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void reportsWhatBecomesOfEachCall() throws IOException {
    String limits = LIMITS + "tollgate.tier.free.restrict = context 100, output 10, rate 1/hour\n";
    StringBuilder trace =
        new StringBuilder("timestamp,caller,input_tokens,output_tokens,model,max_tokens\n");
    for (int second = 0; second < 4; second++) {
      trace.append(second * 3600).append(",ann,20000,10000,my-model,10000\n");
    }
    trace.append("10800.5,ann,20000,10000,my-model,10000\n");

    assertThat(simulate(limits, trace.toString())).isZero();

    JsonNode report = json();
    assertThat(report.get("calls").asLong()).isEqualTo(5);
    assertThat(report.get("admitted").asLong()).isEqualTo(3);
    assertThat(report.get("restricted").asLong()).isEqualTo(1);
    assertThat(report.get("refused").asLong()).isEqualTo(1);
    assertThat(report.get("demandUsd").textValue()).isEqualTo("0.60");
    assertThat(report.get("spentUsd").textValue()).isEqualTo("0.3602");
    assertThat(report.at("/byTier/free/refused").asLong()).isEqualTo(1);
    assertThat(report.get("byHour")).hasSize(4);
    assertThat(report.at("/byHour/3/at")).isEqualTo(JSON.readTree("10800"));
    assertThat(report.at("/byHour/3/spentUsd").textValue()).isEqualTo("0.0002");
    assertThat(report.at("/refusals/restricted~1requests-per-hour").asLong()).isEqualTo(1);
    assertThat(report.at("/alerts/0/kind").textValue()).isEqualTo("QUOTA_REACHED");
    assertThat(report.at("/alerts/0/subject").textValue()).isEqualTo("ann");
    assertThat(report.get("breaker").isArray()).isTrue();
    assertThat(report.get("anomalies").isArray()).isTrue();
  }

  @Test
  void writesTimesAsTheTraceDoes() throws IOException {
    simulate(LIMITS, HEADER + "2026-02-03T10:20:00Z,ann,90000,0\n");

    assertThat(json().at("/byHour/0/at").textValue()).isEqualTo("2026-02-03T10:00:00Z");
    assertThat(json().at("/alerts/0/at").textValue()).startsWith("2026-02-03T10:20:00");
  }

  @Test
  void settlesACallWhenItIsAnsweredSoThatCallsUnderWayCount() throws IOException {
    String limits = "tollgate.tier.free.quota = 1000 tokens/day\n";
    String trace = "timestamp,caller,input_tokens,output_tokens,max_tokens\n";

    simulate(limits, trace + "0,ann,0,1,900\n0.1,ann,0,1,900\n10,ann,0,1,900\n");

    assertThat(json().get("admitted").asLong()).isEqualTo(2);
    assertThat(json().get("restricted").asLong()).isEqualTo(1);
  }

  @Test
  void simulatesAShadowAsIfItWereInForceAndAnyStoreInMemory() throws IOException {
    String limits =
        "tollgate.tier.free.rate = 1/hour\ntollgate.shadow = true\ntollgate.store = rediss://cache";

    simulate(limits, HEADER + "0,a,1,1\n1,a,1,1\n");

    assertThat(json().get("refused").asLong()).isEqualTo(1);
    assertThat(text(out))
        .contains("tollgate.shadow is true: the limits are simulated as if they were in force")
        .contains("tollgate.store names a rediss: store: the simulation counts in memory");
  }

  @Test
  void writesTheSameBytesForTheSameTraceAndSeed() throws IOException {
    Path trace = GeneratedTrace.write(directory.resolve("trace.csv"), 20_000, 3, 300, 7);
    List<String> reports = new ArrayList<>();
    for (String seed : List.of("5", "5", "6")) {
      run(LIMITS, trace, "--inject", "bot", "--inject", "leaked-key:tier=pro", "--seed", seed);
      reports.add(Files.readString(report().resolve("report.json")));
    }

    assertThat(reports.get(1)).isEqualTo(reports.get(0));
    assertThat(reports.get(2)).isNotEqualTo(reports.get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"loop", "bot", "leaked-key", "power-user"})
  void showsAnInjectedIncident(String kind) throws IOException {
    Path trace = GeneratedTrace.write(directory.resolve("trace.csv"), 20_000, 2, 200, 7);
    run(LIMITS, trace);
    long calls = json().get("calls").asLong();
    BigDecimal demand = new BigDecimal(json().get("demandUsd").textValue());

    assertThat(run(LIMITS, trace, "--inject", kind + ":at=90000,factor=60,caller=mallory"))
        .isZero();

    assertThat(json().get("calls").asLong()).isGreaterThan(calls + 100);
    assertThat(new BigDecimal(json().get("demandUsd").textValue())).isGreaterThan(demand);
    assertThat(json().get("refused").asLong()).isPositive();
    assertThat(text(out)).contains("injected: " + kind + " by mallory, from day 2, 01:00");
    assertThat(page()).contains("injected: " + kind + " by mallory").contains("<td>mallory</td>");
  }

  /** An hour is spent at ten times the usual speed by calls that nothing else would refuse. */
  @Test
  void showsWhenTheBreakerHaltsALoopAndLetsGoAgain() throws IOException {
    String limits = LIMITS + "tollgate.expected-spend = 300 USD/month\n";
    Path trace = GeneratedTrace.write(directory.resolve("trace.csv"), 20_000, 2, 200, 7);

    run(limits, trace, "--inject", "loop:at=100000,factor=15,tier=pro");

    JsonNode opened = json().at("/breaker/0");
    assertThat(opened.get("scope").textValue()).isEqualTo("application");
    assertThat(opened.get("from").textValue()).isEqualTo("CLOSED");
    assertThat(opened.get("to").textValue()).isEqualTo("OPEN");
    assertThat(opened.get("at").asDouble()).isBetween(100_000 + 600.0, 100_000 + 900.0);
    assertThat(json().get("breaker").findValuesAsText("to"))
        .startsWith("OPEN", "HALF_OPEN", "CLOSED");
    assertThat(json().at("/refusals/spend breaker of application").asLong()).isPositive();
    assertThat(json().get("alerts").findValuesAsText("kind")).contains("BREAKER_OPENED");
    assertThat(text(out)).contains("application: CLOSED -> OPEN");
    assertThat(page()).contains("breaker of the application open").contains("<rect class=\"open\"");
  }

  @ParameterizedTest
  @CsvSource({"bot:caller=mallory", "power-user:at=90000;for=12h;caller=user-199"})
  void showsACallerWhoseUseIsAbnormal(String incident) throws IOException {
    Path trace = GeneratedTrace.write(directory.resolve("trace.csv"), 20_000, 2, 200, 7);
    String option = incident.replace(';', ',') + ",tier=pro";

    run(LIMITS + "tollgate.anomaly = alert\n", trace, "--inject", option);

    String caller = incident.replaceFirst(".*caller=", "");
    JsonNode anomaly =
        StreamSupport.stream(json().get("anomalies").spliterator(), false)
            .filter(each -> each.get("caller").textValue().equals(caller))
            .findFirst()
            .orElseThrow();
    assertThat(anomaly.get("at").asDouble()).isBetween(86_400.0, 172_800.0);
    assertThat(anomaly.get("window").textValue()).isIn("10 minutes", "1 hour", "1 day");
    assertThat(page()).contains("<h2>Abnormal callers</h2>");
  }

  /** 6,000 callers reach two rungs of their quota each before anything else happens. */
  @Test
  void tellsOfBreakersAndAnomaliesHoweverManyOtherAlertsThereAre() throws IOException {
    String limits =
        LIMITS
            + """
            tollgate.tier.once.quota = 1 requests/day
            tollgate.tier.once.ladder = 80% notify, 100% refuse
            tollgate.expected-spend = 30 USD/month
            """;
    StringBuilder trace =
        new StringBuilder("timestamp,caller,tier,model,input_tokens,output_tokens,max_tokens\n");
    for (int i = 0; i < 6000; i++) {
      trace.append("%d,c%d,once,my-model,1,1,1\n".formatted(i / 10, i));
    }
    for (int second = 1000; second < 4600; second++) {
      trace.append(second).append(",mallory,pro,my-model,1000,100,100\n");
    }

    assertThat(simulate(limits, trace.toString())).isZero();

    assertThat(json().get("alerts")).hasSize(10_000);
    assertThat(json().at("/breaker/0/to").textValue()).isEqualTo("OPEN");
    assertThat(json().at("/breaker/0/at").asDouble()).isBetween(1600.0, 2000.0);
    assertThat(json().get("anomalies").findValuesAsText("caller")).contains("mallory");
    assertThat(json().at("/leftOut/alerts").asLong()).isBetween(2000L, 2100L);
    assertThat(json().at("/leftOut/breaker").asLong()).isZero();
    assertThat(json().at("/leftOut/anomalies").asLong()).isZero();
    assertThat(text(out))
        .containsPattern("QUOTA_REACHED +12,000")
        .containsPattern("BREAKER_OPENED +1")
        .contains("(report.json lists the first 10,000)");
    assertThat(page())
        .containsPattern("<h2>Alerts, the first 200 of 12,\\d\\d\\d</h2>")
        .contains("breaker of the application open")
        .contains("<h2>Abnormal callers</h2>");
  }

  /**
   * A dollar a call: of 100 dollars the first 80 are for everybody, the others for what is
   * essential.
   */
  @Test
  void keepsTheEndOfAHardLimitForEssentialCalls() throws IOException {
    String limits =
        """
        tollgate.tier.essential.rate = 60/minute
        tollgate.tier.optional.rate = 60/minute
        tollgate.tier.background.rate = 60/minute
        tollgate.tier.unsaid.rate = 60/minute
        tollgate.caller-tier = default:unsaid
        tollgate.price.my-model = 1 in, 10 out USD per 1M
        tollgate.provider.acme.hard-limit = 100 USD/month
        tollgate.provider.acme.essential-reserve = 20%
        tollgate.breaker = off
        """;
    StringBuilder trace =
        new StringBuilder(
            "timestamp,caller,tier,model,input_tokens,output_tokens,max_tokens,criticality\n");
    List<String> criticalities = List.of("essential", "optional", "background", "");
    for (int i = 0; i < 400; i++) {
      String criticality = criticalities.get(i % 4);
      String tier = criticality.isEmpty() ? "unsaid" : criticality;
      trace.append("%d,ann,%s,my-model,1000000,0,0,%s\n".formatted(i * 60, tier, criticality));
    }

    assertThat(simulate(limits, trace.toString())).isZero();

    assertThat(json().get("spentUsd").textValue()).isEqualTo("100.00");
    assertThat(json().at("/byTier/essential/admitted").asLong()).isEqualTo(40);
    assertThat(json().at("/byTier/optional/admitted").asLong()).isEqualTo(20);
    assertThat(json().at("/byTier/background/admitted").asLong()).isEqualTo(20);
    assertThat(json().at("/byTier/unsaid/admitted").asLong()).isEqualTo(20);
    assertThat(json().at("/refusals/hard limit of provider acme").asLong()).isEqualTo(300);
    assertThat(json().get("alerts").findValuesAsText("kind"))
        .filteredOn("BUDGET_REACHED"::equals)
        .hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "flood              | 'flood' is not one of [loop, bot, leaked-key, power-user]",
        "bot:at=99          | at '99' is not within the trace, from 0 to 10",
        "bot:at=soon        | at 'soon' is not a number of seconds",
        "bot:for=2x         | for '2x' is no time such as 30m, 2h or 7d",
        "bot:factor=0       | factor '0' is not a whole number of 1 to 100000",
        "bot:who=me         | 'who=me' is not one of at=, for=, factor=, caller=, tier=",
        "bot:tier=gold      | tier 'gold' is no tier; configured are [free, pro]",
        "bot:factor=1,factor=2 | 'factor=2' is not one of",
      })
  void saysWhatIsWrongWithAnIncident(String option, String message) throws IOException {
    Path trace = trace(HEADER + "0,a,1,1\n10,a,1,1\n");

    assertThat(run(LIMITS, trace, "--inject", option)).isEqualTo(2);

    assertThat(text(err)).contains("--inject " + option + ": " + message);
    assertThat(report().resolve("report.json")).doesNotExist();
  }

  @Test
  void reportsNothingOfATraceThatIsMalformedAtItsEnd() throws IOException {
    assertThat(simulate(LIMITS, HEADER + "0,a,1,1\n".repeat(50) + "1,a,many,1\n")).isEqualTo(2);

    assertThat(text(err)).contains("line 52, column input_tokens: 'many'");
    assertThat(text(out)).isEmpty();
    assertThat(report()).isEmptyDirectory();
  }

  @Test
  void listsEveryProblemOfTheConfiguration() throws IOException {
    assertThat(simulate("tollgate.zone = Mars\ntollgate.tires = x\n", HEADER)).isEqualTo(2);

    assertThat(text(err)).contains("tollgate.zone = 'Mars'").contains("tollgate.tires");
  }

  @Test
  void refusesATraceWithoutCalls() throws IOException {
    assertThat(simulate(LIMITS, HEADER)).isEqualTo(2);

    assertThat(text(err)).contains("has a header and no calls");
  }

  @Test
  void refusesAReportThatCannotBeWritten() throws IOException {
    Files.writeString(report(), "a file");

    assertThat(simulate(LIMITS, HEADER + "0,a,1,1\n")).isEqualTo(2);

    assertThat(text(err)).contains("--report").contains("cannot be written");
  }

  @Test
  void showsTheUsageWhenOptionsAreMissing() {
    assertThat(run("--trace", "x.csv")).isEqualTo(2);

    assertThat(text(err)).contains("Missing required options").contains("Usage: tollgate-simul");
  }

  @Test
  void writesAPageThatAsksForNothingAndRunsNothing() throws IOException {
    String trace = HEADER + "0,<script>alert(1)</script>,1,1\n1,\"a\"\"b'c\u202Ed\",1,1\n";

    simulate(LIMITS, trace);

    assertThat(page())
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .contains("a&quot;b&#39;c\uFFFDd")
        .contains("Content-Security-Policy\" content=\"default-src 'none'")
        .doesNotContainIgnoringCase("<script")
        .doesNotContain("http:", "https:", "url(", "src=", "<link");
  }

  @Test
  void showsProgressUnlessItIsQuiet() throws IOException {
    Path trace = trace(HEADER + "0,a,1,1\n".repeat(100));

    run(LIMITS, trace);
    assertThat(text(err)).contains("10 %, 10 calls").contains("100 %, 100 calls");

    err.reset();
    run(LIMITS, trace, "--quiet");
    assertThat(text(err)).isEmpty();
  }

  /** A hundred calls, and twice as many injected ones in their latter half. */
  @Test
  void countsInjectedCallsAsProgressToBeMade() throws IOException {
    StringBuilder rows = new StringBuilder(HEADER);
    for (int i = 0; i < 100; i++) {
      rows.append(i).append(",a,1,1\n");
    }

    run(LIMITS, trace(rows.toString()), "--inject", "loop:factor=4");

    assertThat(text(err)).contains("10 %, 30 calls").contains("100 %, ");
  }

  /**
   * The processor's time, since other work on the machine is not the simulator's; half of what a
   * million may take, for a run so short is half over when all of it is compiled.
   */
  @Test
  void simulatesTwoHundredThousandCallsInHalfAMinuteOfTheProcessor() throws IOException {
    assertThat(simulateCalls(200_000, 3).processor()).isLessThan(Duration.ofSeconds(30));
  }

  /** What a user waits for, on a machine that does nothing else. */
  @Test
  @Tag("long")
  void simulatesAMillionCallsInLessThanAMinute() throws IOException {
    assertThat(simulateCalls(1_000_000, 14).clock()).isLessThan(Duration.ofMinutes(1));
  }

  private record Taken(Duration processor, Duration clock) {}

  /** With everything on that looks at a call. */
  private Taken simulateCalls(int calls, int days) throws IOException {
    String limits =
        LIMITS
            + """
            tollgate.expected-spend = 3000 USD/month
            tollgate.provider.openai.hard-limit = 6000 USD/month
            tollgate.provider.openai.essential-reserve = 10%
            tollgate.anomaly = restrict
            tollgate.tier.free.restrict = context 4000, output 256, rate 5/minute
            """;
    Path trace = GeneratedTrace.write(directory.resolve("trace.csv"), calls, days, 5000, 7);
    long processorBefore = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    long clockBefore = System.nanoTime();

    assertThat(run(limits, trace, "--quiet")).isZero();

    Taken taken =
        new Taken(
            Duration.ofNanos(
                ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - processorBefore),
            Duration.ofNanos(System.nanoTime() - clockBefore));
    System.out.println(calls + " calls: " + taken);
    assertThat(json().get("calls").asLong()).isEqualTo(calls);
    assertThat(json().get("admitted").asLong()).isGreaterThan(calls / 2);
    return taken;
  }

  private Path trace(String text) throws IOException {
    return Files.writeString(directory.resolve("trace.csv"), text);
  }

  private Path report() {
    return directory.resolve("report");
  }

  private int simulate(String limits, String trace) throws IOException {
    return run(limits, trace(trace));
  }

  private int run(String limits, Path trace, String... more) throws IOException {
    Path config = Files.writeString(directory.resolve("tollgate.properties"), limits);
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--trace", trace.toString(), "--config", config.toString()));
    arguments.addAll(List.of("--report", report().toString()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private int run(String... arguments) {
    return Simulator.run(stream(out), stream(err), arguments);
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private JsonNode json() throws IOException {
    return JSON.readTree(report().resolve("report.json").toFile());
  }

  private String page() throws IOException {
    return Files.readString(report().resolve("report.html"));
  }
}
