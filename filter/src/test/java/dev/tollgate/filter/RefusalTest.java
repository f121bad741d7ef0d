package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Decision.Refusal;
import dev.tollgate.RefusedException;
import dev.tollgate.Route;
import dev.tollgate.SpendScope;
import dev.tollgate.config.ErrorFormat;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What refusals that are not for a caller's limits are answered with. */
class RefusalTest {

  private static final String REGISTRY = "https://iana.org/assignments/http-problem-types#";

  @Test
  void aSpentBudgetIsNotWorthARetry() throws Exception {
    HttpResponse<String> answer =
        answer(ErrorFormat.PROBLEM, new Refusal.BudgetExhausted("openai"));
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
    assertThat(answer.headers().firstValue("retry-after-ms")).isEmpty();
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
    assertThat(answer.body())
        .contains("\"type\":\"" + REGISTRY + "quota-exceeded\"")
        .doesNotContain("openai");
  }

  @Test
  void aSpentBudgetIsToldAsProvidersTellIt() throws Exception {
    Refusal spent = new Refusal.BudgetExhausted("openai");
    assertThat(answer(ErrorFormat.OPENAI, spent).body())
        .contains("\"type\":\"insufficient_quota\"", "\"code\":\"insufficient_quota\"");
    assertThat(answer(ErrorFormat.ANTHROPIC, spent).body()).contains("\"type\":\"billing_error\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {402, 403})
  void aSpentBudgetHasTheStatusThatTheOperatorWants(int status) throws Exception {
    Refusal spent = new Refusal.BudgetExhausted("openai");
    HttpSettingsBuilder settings = new HttpSettingsBuilder().hardLimitStatus(status);
    HttpResponse<String> answer = answer(settings, ErrorFormat.PROBLEM, spent);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
    assertThat(answer.body()).contains("\"status\":" + status);
  }

  @Test
  void aBudgetInUseIsTemporary() throws Exception {
    assertTemporary(new Refusal.BudgetInUse("openai", Duration.ofSeconds(3)), "3");
  }

  @Test
  void aHaltIsTemporaryAndLong() throws Exception {
    HttpResponse<String> answer =
        assertTemporary(
            new Refusal.SpendHalted(SpendScope.APPLICATION, Duration.ofMinutes(10)), "600");
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
  }

  @Test
  void abnormalUsageHasAProblemTypeOfItsOwn() throws Exception {
    HttpResponse<String> answer =
        answer(ErrorFormat.PROBLEM, new Refusal.AbnormalUsage(Duration.ofHours(24)));
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).contains("86400");
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
    assertThat(answer.body())
        .contains("\"type\":\"" + REGISTRY + "abnormal-usage-detected\"")
        .contains("retry in 86400 s.");
  }

  @Test
  void aBlockedCallerIsToldForHowLongAndNotToRetry() throws Exception {
    HttpResponse<String> answer =
        answer(ErrorFormat.PROBLEM, new Refusal.CallerBlocked(Duration.ofSeconds(60)));
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).contains("60");
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
    assertThat(answer.body())
        .contains("\"type\":\"tag:tollgate.dev,2026:caller-blocked\"")
        .contains("This caller is blocked: retry in 60 s.");
  }

  @ParameterizedTest
  @EnumSource(ErrorFormat.class)
  void aModelWithoutAPriceIsForbiddenAndNotTooLarge(ErrorFormat format) throws Exception {
    HttpResponse<String> answer = answer(format, new Refusal.UnpricedModel("new"));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
    assertThat(answer.body())
        .contains("Model 'new' has no price: ask for another one.")
        .contains(
            switch (format) {
              case PROBLEM -> "\"type\":\"tag:tollgate.dev,2026:unpriced-model\"";
              case OPENAI -> "\"code\":\"model_not_found\"";
              case ANTHROPIC -> "\"type\":\"permission_error\"";
            });
  }

  private static HttpResponse<String> assertTemporary(Refusal refusal, String seconds)
      throws Exception {
    HttpResponse<String> answer = answer(ErrorFormat.PROBLEM, refusal);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains(seconds);
    assertThat(answer.body()).contains("\"type\":\"" + REGISTRY + "temporary-reduced-capacity\"");
    return answer;
  }

  private static HttpResponse<String> answer(ErrorFormat format, Refusal refusal) throws Exception {
    return answer(new HttpSettingsBuilder(), format, refusal);
  }

  /** The answer when a gate inside the application refuses, on a route that lets calls wait. */
  private static HttpResponse<String> answer(
      HttpSettingsBuilder settings, ErrorFormat format, Refusal refusal) throws Exception {
    Duration maxWait = Duration.ofMinutes(1);
    Call call = Call.of(new Caller("k", "free"), "chat");
    try (GateServer server =
        new GateServer(
            settings.route(HttpSettingsBuilder.route("chat", maxWait, format, "/api/chat")).build(),
            List.of(GateServer.FREE),
            Route.of("chat"))) {
      server.page(
          "/api/chat",
          (request, response) -> {
            throw new RefusedException(new Decision.Refused(call, List.of(), refusal));
          });
      HttpResponse<String> answer = server.start().call("k");
      assertThat(server.left("k")).isEqualTo(20);
      return answer;
    }
  }
}
