package dev.tollgate.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Window;
import dev.tollgate.providers.SpendLimit.Change;
import dev.tollgate.providers.SpendLimit.Result;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SpendLimitTest {

  private static final String KEY = "sk-admin-1f6a";
  private static final long DOLLARS_500 = 500_000_000_000L;

  private FakeProvider provider;

  @BeforeEach
  void start() throws IOException {
    provider = new FakeProvider();
  }

  @AfterEach
  void stop() {
    provider.close();
  }

  private SpendLimit limit(LimitApi api, String subject, Window.Unit window) {
    return api.limit(provider.uri("/v1"), KEY, subject, window);
  }

  private static Result result(Change change, String before, String now) {
    return new Result(
        change,
        before.isEmpty() ? Optional.empty() : Optional.of(new BigDecimal(before)),
        new BigDecimal(now));
  }

  private static String openAi(String cents) {
    return """
        {"object":"organization.spend_limit","threshold_amount":%s,"currency":"USD",\
        "interval":"month","enforcement":{"status":"inactive"}}"""
        .formatted(cents);
  }

  private static String openRouter(String limit, String reset) {
    return """
        {"data":{"hash":"f01d52","name":"Production","label":"sk-or-v1-0e6...1c96",\
        "disabled":false,"limit":%s,"limit_remaining":74.5,"limit_reset":%s,"usage":25.5,\
        "usage_monthly":25.5,"include_byok_in_limit":false}}"""
        .formatted(limit, reset);
  }

  private static String liteLlm(String budget, String duration) {
    return """
        {"key":"88dc28d0","info":{"token":"88dc28d0","key_name":"sk-...Xy1A","spend":0.25,\
        "max_budget":%s,"budget_duration":%s,"budget_reset_at":"2026-12-01T00:00:00Z"}}"""
        .formatted(budget, duration);
  }

  @Test
  void limitOfAnOpenAiOrganizationIsSetWhereThereIsNone() throws Exception {
    provider.then(404, "{\"error\":{\"code\":\"not_found\"}}").then(openAi("50000"));

    assertThat(limit(LimitApi.OPENAI, "", Window.Unit.MONTH).lowerTo(DOLLARS_500))
        .isEqualTo(result(Change.SET, "", "500.00"));

    FakeProvider.Request set = provider.requests().get(1);
    assertThat(set.method()).isEqualTo("POST");
    assertThat(set.target()).isEqualTo("/v1/organization/spend_limit");
    assertThat(set.header("Authorization")).isEqualTo("Bearer " + KEY);
    assertThat(set.header("Content-type")).isEqualTo("application/json");
    assertThat(set.body())
        .isEqualTo("{\"threshold_amount\":50000,\"currency\":\"USD\",\"interval\":\"month\"}");
  }

  @Test
  void limitOfAnOpenAiProjectIsLoweredToWholeCents() throws Exception {
    provider.then(openAi("60000")).then(openAi("50000"));

    assertThat(
            limit(LimitApi.OPENAI, "proj_abc", Window.Unit.MONTH).lowerTo(DOLLARS_500 + 9_999_999))
        .isEqualTo(result(Change.LOWERED, "600.00", "500.00"));

    assertThat(provider.requests())
        .extracting(FakeProvider.Request::target)
        .containsOnly("/v1/organization/projects/proj_abc/spend_limit");
  }

  @Test
  void limitOfAnOpenRouterKeyIsPatched() throws Exception {
    provider.then(openRouter("null", "null")).then(openRouter("500", "\"monthly\""));

    assertThat(limit(LimitApi.OPENROUTER, "f01d52", Window.Unit.MONTH).lowerTo(DOLLARS_500))
        .isEqualTo(result(Change.SET, "", "500.00"));

    FakeProvider.Request set = provider.requests().get(1);
    assertThat(set.method()).isEqualTo("PATCH");
    assertThat(set.target()).isEqualTo("/v1/keys/f01d52");
    assertThat(set.header("Authorization")).isEqualTo("Bearer " + KEY);
    assertThat(set.body()).isEqualTo("{\"limit\":500.00,\"limit_reset\":\"monthly\"}");
  }

  @Test
  void patchThatIsRefusedIsAnError() {
    provider.then(openRouter("700.5", "\"daily\"")).then(403, "");

    assertThatThrownBy(
            () -> limit(LimitApi.OPENROUTER, "f01d52", Window.Unit.DAY).lowerTo(DOLLARS_500))
        .isInstanceOf(ProviderApiException.class)
        .hasMessageContaining("status 403");
  }

  @Test
  void budgetOfALiteLlmKeyIsSetWithoutSendingTheKey() throws Exception {
    String virtual = "sk-Xy1A";
    provider.then(liteLlm("1000.0", "\"30d\"")).then(liteLlm("500", "\"1mo\""));

    assertThat(limit(LimitApi.LITELLM, virtual, Window.Unit.MONTH).lowerTo(DOLLARS_500))
        .isEqualTo(result(Change.LOWERED, "1000.0", "500.00"));

    List<FakeProvider.Request> requests = provider.requests();
    String hash = "ca63cf8c9d542e959ae26c7890095355c9df3062e84a3b47298be6a5bbcbf1ff";
    assertThat(requests.get(0).target()).isEqualTo("/v1/key/info?key=" + hash);
    assertThat(requests.get(1).target()).isEqualTo("/v1/key/update");
    assertThat(requests.get(1).body())
        .isEqualTo("{\"key\":\"" + hash + "\",\"max_budget\":500.00,\"budget_duration\":\"1mo\"}");
    assertThat(requests.toString()).doesNotContain(virtual);
  }

  @Test
  void budgetOfADayIsSetByItsHash() throws Exception {
    provider.then(liteLlm("null", "null")).then("{}");

    limit(LimitApi.LITELLM, "88dc28d0", Window.Unit.DAY).lowerTo(DOLLARS_500);

    assertThat(provider.requests().get(1).body())
        .isEqualTo("{\"key\":\"88dc28d0\",\"max_budget\":500.00,\"budget_duration\":\"1d\"}");
  }

  @Test
  void lowerLimitStays() throws Exception {
    provider.then(openAi("40000"));

    assertThat(limit(LimitApi.OPENAI, "", Window.Unit.MONTH).lowerTo(DOLLARS_500))
        .isEqualTo(result(Change.KEPT, "400.00", "400.00"));
    assertThat(provider.requests()).extracting(FakeProvider.Request::method).containsOnly("GET");
  }

  @Test
  void limitOverAnotherWindowStays() throws Exception {
    provider.then(openRouter("900", "null")).then(liteLlm("900", "\"7d\""));

    assertThat(limit(LimitApi.OPENROUTER, "f01d52", Window.Unit.MONTH).lowerTo(DOLLARS_500))
        .isEqualTo(result(Change.NOT_COMPARABLE, "900", "900"));
    assertThat(limit(LimitApi.LITELLM, "88dc28d0", Window.Unit.MONTH).lowerTo(DOLLARS_500))
        .isEqualTo(result(Change.NOT_COMPARABLE, "900", "900"));
    assertThat(provider.requests()).extracting(FakeProvider.Request::method).containsOnly("GET");
  }

  @ParameterizedTest
  @EnumSource(LimitApi.class)
  void nothingIsSetWhereTheLimitCannotBeRead(LimitApi api) {
    provider.then("{}");

    assertThatThrownBy(() -> limit(api, "f01d52", Window.Unit.MONTH).lowerTo(DOLLARS_500))
        .isInstanceOf(ProviderApiException.class)
        .hasMessageContaining("its answer has no ");
    assertThat(provider.requests()).hasSize(1);
  }
}
