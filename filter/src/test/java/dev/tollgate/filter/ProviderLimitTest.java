package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a provider says of its own limits closes or opens the way to it. */
class ProviderLimitTest {

  private static final String ASK =
      "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]%s}";
  private static final String SPENT =
      "{\"error\":{\"message\":\"You exceeded your current quota\",\"type\":\"insufficient_quota\","
          + "\"param\":null,\"code\":\"insufficient_quota\"}}";
  private static final String BUSY =
      "{\"error\":{\"message\":\"Rate limit reached\",\"type\":\"requests\",\"param\":null,"
          + "\"code\":\"rate_limit_exceeded\"}}";

  private final AtomicInteger asked = new AtomicInteger();

  private GateServer.Page answering(String body) {
    return (request, response) -> {
      asked.incrementAndGet();
      response.setStatus(429);
      response.setContentType("application/json");
      response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"stream\":true"})
  void aSpentLimitOfTheProviderIsNotTriedAgain(String more) throws Exception {
    try (BodyServer server = BodyServer.startWithBudget(answering(SPENT))) {
      String ask = ASK.formatted(more);
      assertThat(server.post(ask).body()).isEqualTo(SPENT);
      HttpResponse<String> refused = server.post(ask);
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("insufficient_quota");
      assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
      assertThat(asked).hasValue(1);
      assertThat(server.calls()).isEmpty();
      assertThat(server.limit().held()).isZero();
    }
  }

  @Test
  void aRateLimitOfTheProviderConcernsOneCallOnly() throws Exception {
    try (BodyServer server = BodyServer.startWithBudget(answering(BUSY))) {
      server.post(ASK.formatted(""));
      assertThat(server.post(ASK.formatted("")).body()).isEqualTo(BUSY);
      assertThat(asked).hasValue(2);
    }
  }
}
