package dev.tollgate.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Alert;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BillAuditTest {

  private static final Instant AFTERNOON = Instant.parse("2026-11-04T13:00:00Z");

  private FakeProvider provider;

  @BeforeEach
  void start() throws IOException {
    provider = new FakeProvider();
  }

  @AfterEach
  void stop() {
    provider.close();
  }

  /** Bills the same on each day that it is asked for. */
  private BillAudit audit(String usdOnFirst, String usdOnThird) {
    provider.then(
        """
        {"data":[{"start_time":1793491200,"results":[{"amount":{"value":%s,"currency":"usd"}}]},
        {"start_time":1793664000,"results":[{"amount":{"value":%s,"currency":"usd"}}]}],
        "has_more":false,"next_page":null}"""
            .formatted(usdOnFirst, usdOnThird));
    return new BillAudit("openai", BillApi.OPENAI.reader(provider.uri("/v1"), "sk-admin", ""), 5);
  }

  private static SortedMap<LocalDate, Long> counted(String... daysAndCents) {
    SortedMap<LocalDate, Long> counted = new TreeMap<>();
    for (int i = 0; i < daysAndCents.length; i += 2) {
      counted.put(
          LocalDate.parse(daysAndCents[i]), Long.parseLong(daysAndCents[i + 1]) * 10_000_000L);
    }
    return counted;
  }

  @Test
  void billIsComparedOverTheCompleteDaysOfTheMonth() throws Exception {
    SortedMap<LocalDate, Long> counted =
        counted("2026-10-20", "1", "2026-11-01", "10000", "2026-11-03", "2000", "2026-11-04", "9");

    assertThat(audit("100.00", "20.00").compare(counted, AFTERNOON, AFTERNOON)).isEmpty();
    assertThat(provider.requests().get(0).target())
        .contains("start_time=1793491200&end_time=1793750400");
  }

  @Test
  void driftSaysWhatIsComparedWithWhat() throws Exception {
    Alert alert =
        audit("100.00", "30.5")
            .compare(counted("2026-10-20", "1", "2026-11-01", "10000"), AFTERNOON, AFTERNOON)
            .orElseThrow();

    assertThat(alert.kind()).isEqualTo(Alert.Kind.BILL_DRIFT);
    assertThat(alert.subject()).isEqualTo("openai");
    assertThat(alert.at()).isEqualTo(AFTERNOON);
    assertThat(alert.message())
        .startsWith(
            "openai billed 130.50 USD from 2026-11-01 to 2026-11-03 UTC,"
                + " while calls of 100.00 USD were counted here: others may use the key");
    assertThat(alert.details())
        .containsOnly(
            Map.entry("from", "2026-11-01"),
            Map.entry("to", "2026-11-03"),
            Map.entry("billedUsd", "130.50"),
            Map.entry("countedUsd", "100.00"));
  }

  @ParameterizedTest
  @CsvSource({
    "100.00, 10000, false",
    "105.26, 10000, false",
    "105.27, 10000, true",
    "94.99, 10000, true",
    "95.01, 10000, false",
    "0.99, 0, false",
    "1.01, 0, true",
    "0, 101, true",
    "-5, 0, true"
  })
  void differencesAreToldAboveBothTheTolerancesShareAndADollar(
      String billed, String countedCents, boolean told) throws Exception {
    Optional<Alert> alert =
        audit(billed, "0")
            .compare(counted("2026-10-31", "7", "2026-11-02", countedCents), AFTERNOON, AFTERNOON);

    assertThat(alert.isPresent()).isEqualTo(told);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-04T11:59:59Z, 2026-11-02",
    "2026-11-04T12:00:00Z, 2026-11-03",
    "2026-12-01T12:00:00Z, 2026-11-30"
  })
  void daysCountOnceTheProviderHasHadTimeToBillThem(Instant now, LocalDate last) {
    assertThat(BillAudit.lastDay(now)).isEqualTo(last);
  }

  @Test
  void firstDayThatIsCountedMayBeAPartAndIsNotCompared() throws Exception {
    BillAudit audit = audit("0", "20");

    assertThat(
            audit.compare(counted("2026-11-02", "1", "2026-11-03", "2000"), AFTERNOON, AFTERNOON))
        .isEmpty();
    assertThat(provider.requests().get(0).target()).contains("start_time=1793664000");
  }

  @Test
  void nothingIsAskedWhileThereIsNothingToCompare() throws Exception {
    BillAudit audit = audit("5", "5");

    assertThat(audit.compare(counted(), AFTERNOON, AFTERNOON)).isEmpty();
    assertThat(audit.compare(counted(), Instant.parse("2026-11-03T00:00:00Z"), AFTERNOON))
        .isEmpty();
    assertThat(
            audit.compare(
                counted("2026-11-03", "1", "2026-11-04", "2"),
                Instant.parse("2026-11-03T09:00:00Z"),
                AFTERNOON))
        .isEmpty();
    assertThat(provider.requests()).isEmpty();
  }

  /** As when the key of a provider that nobody uses any more has leaked. */
  @Test
  void whatIsBilledWhileNothingIsCountedHasPassedBy() throws Exception {
    Instant begun = Instant.parse("2026-10-07T10:00:00Z");

    Alert alert = audit("0", "20000.00").compare(counted(), begun, AFTERNOON).orElseThrow();

    assertThat(alert.details())
        .containsOnly(
            Map.entry("from", "2026-11-01"),
            Map.entry("to", "2026-11-03"),
            Map.entry("billedUsd", "20000.00"),
            Map.entry("countedUsd", "0.00"));
  }

  @Test
  void daysBeforeTheFirstCallCountOnceTheAuditHasBegun() throws Exception {
    Instant begun = Instant.parse("2026-11-01T23:59:59Z");

    Alert alert =
        audit("7", "25.00").compare(counted("2026-11-03", "2000"), begun, AFTERNOON).orElseThrow();

    assertThat(alert.details())
        .containsEntry("from", "2026-11-02")
        .containsEntry("billedUsd", "25.00")
        .containsEntry("countedUsd", "20.00");
  }

  @Test
  void billThatCannotBeReadIsAnError() {
    provider.then(401, "");
    BillAudit audit =
        new BillAudit("openai", BillApi.OPENAI.reader(provider.uri("/v1"), "sk-admin", ""), 5);

    assertThatThrownBy(() -> audit.compare(counted("2026-10-20", "1"), AFTERNOON, AFTERNOON))
        .isInstanceOf(ProviderApiException.class);
  }
}
