package dev.tollgate.providers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies are as providers send them. */
class ProviderLimitTest {

  private static Optional<ProviderLimit> read(int status, String body) {
    return ProviderLimit.read(status, Optional.empty(), body.getBytes(StandardCharsets.UTF_8));
  }

  private static String openAi(String type, String code) {
    return """
        {"error": {"message": "You exceeded your current quota, please check your plan and billing \
        details.", "type": "%s", "param": null, "code": %s}}"""
        .formatted(type, code);
  }

  private static String anthropic(String type, String message) {
    return """
        {"type":"error","error":{"type":"%s","message":"%s"},"request_id":"req_011CZLrUfBVkVHn5"}"""
        .formatted(type, message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insufficient_quota",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded"
      })
  void openAiNamesTheSpendLimitInItsCode(String code) {
    assertThat(read(429, openAi("insufficient_quota", '"' + code + '"')))
        .contains(new ProviderLimit(code, Optional.empty()));
  }

  @Test
  void openAiOnceNamedItInTheTypeAlone() {
    assertThat(read(429, openAi("insufficient_quota", "null")).orElseThrow().cause())
        .isEqualTo("insufficient_quota");
    assertThat(read(429, openAi("billing_not_active", "\"billing_not_active\""))).isPresent();
  }

  @Test
  void openAiRefusesImagesAtTheHardLimitWith400() {
    String body =
        """
        {"error": {"code": "billing_hard_limit_reached", "message": "Billing hard limit has been \
        reached", "param": null, "type": "invalid_request_error"}}""";
    assertThat(read(400, body).orElseThrow().cause()).isEqualTo("billing_hard_limit_reached");
  }

  @Test
  void openAiRateLimitIsNone() {
    assertThat(read(429, openAi("tokens", "\"rate_limit_exceeded\""))).isEmpty();
  }

  @Test
  void anthropicSaysWhenAccessIsRegained() {
    String message =
        "You have reached your specified API usage limits. You will regain access on 2026-04-01 at"
            + " 00:00 UTC.";
    assertThat(read(400, anthropic("invalid_request_error", message)).orElseThrow().until())
        .contains(Instant.parse("2026-04-01T00:00:00Z"));
    String workspace =
        "You have reached your specified workspace API usage limits. You will regain access on"
            + " 2026-02-30 at 00:00 UTC.";
    assertThat(read(400, anthropic("invalid_request_error", workspace)).orElseThrow().until())
        .as("a day that does not exist")
        .isEmpty();
  }

  @Test
  void anthropicCreditThatIsUsedUpIsOne() {
    String message =
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing"
            + " to upgrade or purchase credits.";
    assertThat(read(400, anthropic("invalid_request_error", message))).isPresent();
    assertThat(read(402, anthropic("billing_error", "check your payment details"))).isPresent();
    assertThat(read(400, anthropic("invalid_request_error", "max_tokens: must be above 0")))
        .isEmpty();
  }

  @Test
  void anthropicTierCapHasNoRetryAfter() {
    String capped =
        """
        {"type":"error","error":{"type":"rate_limit_error","message":"Usage is paused.",\
        "details":{"error_code":"enforced_spend_limit_reached"}}}""";
    assertThat(read(429, capped).orElseThrow().cause()).isEqualTo("enforced_spend_limit_reached");
    String limited = anthropic("rate_limit_error", "This request would exceed your rate limit.");
    assertThat(read(429, limited)).isPresent();
    byte[] bytes = limited.getBytes(StandardCharsets.UTF_8);
    assertThat(ProviderLimit.read(429, Optional.of("12"), bytes)).isEmpty();
  }

  @Test
  void oneCallerCannotCloseTheProviderForAllByACallThatIsTooLarge() {
    String longContext = "Extra usage is required for long context requests.";
    assertThat(read(429, anthropic("rate_limit_error", longContext))).isEmpty();
    String openRouter =
        """
        {"error":{"message":"This request requires more credits, or fewer max_tokens. You requested \
        up to 65536 tokens, but can only afford %d. To increase, visit \
        https://openrouter.ai/settings/credits and upgrade to a paid account","code":402,\
        "metadata":{"provider_name":null}},"user_id":"user_3D0"}""";
    assertThat(read(402, openRouter.formatted(10_114))).isEmpty();
    assertThat(read(402, openRouter.formatted(0))).isPresent();
  }

  @Test
  void openRouterKeyAndDeepSeekBalanceAreLimits() {
    String key =
        """
        {"error":{"message":"Key limit exceeded (monthly limit). Manage it using \
        https://openrouter.ai/settings/keys","code":403}}""";
    assertThat(read(403, key)).isPresent();
    String deepSeek =
        """
        {"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,\
        "code":"invalid_request_error"}}""";
    assertThat(read(402, deepSeek)).isPresent();
    assertThat(read(403, "{\"error\":{\"message\":\"model not allowed\",\"code\":403}}")).isEmpty();
  }

  @Test
  void liteLlmBudgetIsOne() {
    String body =
        """
        {"error":{"message":"LiteLLM User: engineer-1, exceeded budget for model=gpt-5",\
        "type":"budget_exceeded","param":null,"code":"429"}}""";
    assertThat(read(429, body)).isPresent();
  }

  @Test
  void geminiDayIsOneAndItsMinuteIsNone() {
    String quota =
        """
        [{"error":{"code":429,"message":"You exceeded your current quota, please check your plan \
        and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":\
        "type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":\
        "generativelanguage.googleapis.com/generate_requests_per_model","quotaId":\
        "GenerateRequestsPer%sPerProjectPerModel"}]},{"@type":\
        "type.googleapis.com/google.rpc.RetryInfo","retryDelay":"45s"}]}}]""";
    assertThat(read(429, quota.formatted("Day")).orElseThrow().cause()).isEqualTo("daily quota");
    assertThat(read(429, quota.formatted("Minute"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "pay first",
        "{\"type\":\"about:blank\",\"title\":\"Payment Required\",\"status\":402}",
        "{\"status\":402,\"error\":\"Payment Required\",\"path\":\"/v1\"}",
        "{\"error\":{\"message\":\"your subscription has ended\"}}",
        "{\"error\":{\"code\":402}}"
      })
  void anApplicationThatAsksToBePaidItselfSaysNothingOfItsProvider(String body) {
    assertThat(read(402, body)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "\"error\"", "{\"error\":[]}", "{\"error\":null}"})
  void bodyThatTellsNothingIsNone(String body) {
    assertThat(read(429, body)).isEmpty();
  }

  @Test
  void onlyRefusalsOfBoundedSizeAreRead() {
    String body = openAi("insufficient_quota", "\"insufficient_quota\"");
    assertThat(read(200, body)).isEmpty();
    assertThat(read(503, body)).isEmpty();
    assertThat(read(429, body + " ".repeat(ProviderError.MAX_BODY_BYTES))).isEmpty();
  }
}
