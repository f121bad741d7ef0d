package dev.tollgate.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BillReaderTest {

  private static final String KEY = "sk-admin-1f6a";
  private static final LocalDate FIRST = LocalDate.of(2026, 11, 1);
  private static final LocalDate LAST = LocalDate.of(2026, 11, 2);

  private FakeProvider provider;

  @BeforeEach
  void start() throws IOException {
    provider = new FakeProvider();
  }

  @AfterEach
  void stop() {
    provider.close();
  }

  private BillReader openAi(String project) {
    return BillApi.OPENAI.reader(provider.uri("/v1"), KEY, project);
  }

  private BillReader anthropic(String workspace) {
    return BillApi.ANTHROPIC.reader(provider.uri("/v1/"), KEY, workspace);
  }

  private static String openAiPage(String more, String... buckets) {
    return "{\"object\":\"page\",\"data\":[" + String.join(",", buckets) + "]," + more + "}";
  }

  private static String bucket(long start, String... results) {
    return """
        {"object":"bucket","start_time":%d,"end_time":%d,"results":[%s]}"""
        .formatted(start, start + 86_400, String.join(",", results));
  }

  private static String cost(String value, String currency) {
    return """
        {"object":"organization.costs.result","amount":{"value":%s,"currency":"%s"},\
        "line_item":null,"project_id":null,"organization_id":"org-1"}"""
        .formatted(value, currency);
  }

  private static String anthropicPage(String more, String... days) {
    return "{\"data\":[" + String.join(",", days) + "]," + more + "}";
  }

  private static String day(String date, String... results) {
    return """
        {"starting_at":"%sT00:00:00Z","ending_at":"%sT00:00:00Z","results":[%s]}"""
        .formatted(date, LocalDate.parse(date).plusDays(1), String.join(",", results));
  }

  private static String cents(String amount, String workspace) {
    return """
        {"currency":"USD","amount":"%s","workspace_id":%s,"description":null,"cost_type":null,\
        "context_window":null,"model":null,"service_tier":null,"token_type":null}"""
        .formatted(amount, workspace);
  }

  @Test
  void costsOfOpenAiAreAddedUpExactlyOverPages() throws Exception {
    provider
        .then(
            openAiPage(
                "\"has_more\":true,\"next_page\":\"page_AAAA==&x\"",
                bucket(1_793_491_200, cost("0.06", "usd"), cost("1.1e-8", "usd"))))
        .then(
            openAiPage(
                "\"has_more\":false,\"next_page\":null",
                bucket(1_793_577_600, cost("\"0.13080438340307526171875\"", "usd"))));

    Bill bill = openAi("").read(FIRST, LAST);

    assertThat(bill.nanoUsd())
        .containsExactly(Map.entry(FIRST, 60_000_011L), Map.entry(LAST, 130_804_384L));
    assertThat(provider.requests())
        .extracting(FakeProvider.Request::target)
        .containsExactly(
            "/v1/organization/costs?bucket_width=1d&limit=180"
                + "&start_time=1793491200&end_time=1793664000",
            "/v1/organization/costs?bucket_width=1d&limit=180"
                + "&start_time=1793491200&end_time=1793664000&page=page_AAAA%3D%3D%26x");
    assertThat(provider.requests().get(0).header("Authorization")).isEqualTo("Bearer " + KEY);
  }

  @Test
  void oneProjectOfOpenAiIsAskedForAlone() throws Exception {
    provider.then(openAiPage("\"has_more\":false,\"next_page\":null", bucket(1_793_491_200)));

    assertThat(openAi("proj_abc").read(FIRST, LAST).nanoUsd())
        .containsExactly(Map.entry(FIRST, 0L));
    assertThat(provider.requests().get(0).target()).endsWith("&project_ids=proj_abc");
  }

  @Test
  void costsOfAnthropicAreCents() throws Exception {
    provider
        .then(
            anthropicPage(
                "\"has_more\":true,\"next_page\":\"page_2\"",
                day("2026-11-01", cents("12345.67", "null"), cents("0.000015", "null"))))
        .then(
            anthropicPage(
                "\"has_more\":false,\"next_page\":null",
                day("2026-11-02", cents("-50", "null")),
                day("2026-11-03", cents("999", "null"))));

    Bill bill = anthropic("").read(FIRST, LAST);

    assertThat(bill.nanoUsd())
        .as("123.456700150 dollars; a credit; and the day that was not asked for left out")
        .containsExactly(Map.entry(FIRST, 123_456_700_150L), Map.entry(LAST, -500_000_000L));
    FakeProvider.Request first = provider.requests().get(0);
    assertThat(first.target())
        .isEqualTo(
            "/v1/organizations/cost_report?bucket_width=1d&limit=31"
                + "&starting_at=2026-11-01T00:00:00Z&ending_at=2026-11-04T00:00:00Z");
    assertThat(first.header("X-api-key")).isEqualTo(KEY);
    assertThat(first.header("Anthropic-version")).isEqualTo("2023-06-01");
    assertThat(provider.requests().get(1).target()).endsWith("&page=page_2");
  }

  @Test
  void ofAnthropicsWorkspacesOneCanBeBilled() throws Exception {
    provider.then(
        anthropicPage(
            "\"has_more\":false,\"next_page\":null",
            day("2026-11-01", cents("100", "\"wrkspc_a\""), cents("7", "\"wrkspc_b\""))));

    assertThat(anthropic("wrkspc_b").read(FIRST, LAST).nanoUsd())
        .containsExactly(Map.entry(FIRST, 70_000_000L));
    assertThat(provider.requests().get(0).target()).contains("&group_by%5B%5D=workspace_id");
  }

  @Test
  void otherCurrenciesAreRefused() {
    provider.then(openAiPage("\"has_more\":false", bucket(1_793_491_200, cost("1", "eur"))));

    assertThatThrownBy(() -> openAi("").read(FIRST, LAST))
        .isInstanceOf(ProviderApiException.class)
        .hasMessage(
            provider.uri("/v1/organization/costs")
                + ": its answer has an amount on 2026-11-01 that is no dollars");
  }

  @Test
  void pagesWithoutEndAreRefused() {
    provider.then(openAiPage("\"has_more\":true,\"next_page\":\"same\""));

    assertThatThrownBy(() -> openAi("").read(FIRST, LAST)).hasMessageContaining("20 pages");
    assertThat(provider.requests()).hasSize(BillReader.MAX_PAGES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "<html>",
        "{\"data\":",
        "{}",
        "{\"data\":{}}",
        "{\"data\":[7]}",
        "{\"data\":[{\"start_time\":\"x\",\"results\":[]}]}",
        "{\"data\":[{\"start_time\":1e300,\"results\":[]}]}",
        "{\"data\":[{\"start_time\":1793491200}]}",
        "{\"data\":[{\"start_time\":1793491200,\"results\":[{}]}]}",
        "{\"data\":[],\"has_more\":true}",
        "{\"data\":[],\"has_more\":true,\"next_page\":null}"
      })
  void whatIsNoBillIsRefusedWithItsAddress(String answer) {
    provider.then(answer);

    assertThatThrownBy(() -> openAi("").read(FIRST, LAST))
        .isInstanceOf(ProviderApiException.class)
        .hasMessageContainingAll(provider.uri("/v1/organization/costs").toString(), "its answer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1e999999999", "1e-999999999", "\"1e999999999\"", "\"\"", "null", "true", "1e9"})
  void amountsThatNobodyCanReckonWithAreRefusedAtOnce(String value) {
    provider.then(openAiPage("\"has_more\":false", bucket(1_793_491_200, cost(value, "usd"))));

    assertThatThrownBy(() -> openAi("").read(FIRST, LAST))
        .isInstanceOf(ProviderApiException.class)
        .hasMessageContaining("has an amount on 2026-11-01");
  }

  @Test
  void keysAndProjectsThatWouldChangeTheRequestAreRefusedWithoutBeingShown() {
    for (String key : List.of("", "se cr et", "secret\r\nX: y", "sécret")) {
      assertThatThrownBy(() -> BillApi.OPENAI.reader(provider.uri("/v1"), key, ""))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("has characters other than visible ASCII");
    }
    assertThatThrownBy(() -> BillApi.OPENAI.reader(provider.uri("/v1"), KEY, "a&limit=1"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
