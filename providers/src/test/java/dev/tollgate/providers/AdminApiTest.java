package dev.tollgate.providers;

import static dev.tollgate.providers.Fixtures.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class AdminApiTest {

  private static final String KEY = "sk-admin-1f6a";
  private static final AdminApi.Patience SHORT = new AdminApi.Patience(500, 500, 700);

  private final CountDownLatch over = new CountDownLatch(1);
  private FakeProvider provider;
  private AdminApi api;

  @BeforeEach
  void start() throws IOException {
    provider = new FakeProvider();
    api = AdminApi.bearer(provider.uri("/v1"), KEY, SHORT);
  }

  @AfterEach
  void stop() {
    over.countDown();
    provider.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401|invalid_api_key|takes an administration key (status 401, invalid_api_key)",
        "403|insufficient_permissions|give it the permission or take another key (status 403",
        "404|not_found|has no such thing",
        "429|rate_limit_exceeded|was asked too often (status 429, rate_limit_exceeded)",
        "500|Oops sk-admin-1f6a|did not do it (status 500)",
        "302|moved|did not do it (status 302, moved)"
      })
  void whatWentWrongIsSaidWithoutWhatTheProviderWritesAboutTheKey(
      int status, String code, String said) {
    provider.then(
        status,
        "{\"error\":{\"message\":\"Incorrect API key provided: sk-admin-1f6a\",\"code\":\""
            + code
            + "\"}}");

    assertThatThrownBy(() -> api.get("/things", "of=secret"))
        .isInstanceOf(ProviderApiException.class)
        .hasMessageContainingAll(provider.uri("/v1/things").toString(), said)
        .hasMessageNotContaining(KEY)
        .hasMessageNotContaining("secret");
    assertThat(provider.requests()).as("asked once").hasSize(1);
  }

  @Test
  void errorsOfAnthropicHaveATypeInsteadOfACode() {
    provider.then(
        401,
        """
        {"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}""");

    assertThatThrownBy(() -> api.get("/things", ""))
        .hasMessageContaining("(status 401, authentication_error)");
  }

  @Test
  void redirectsAreNotFollowedWithTheKey() {
    provider
        .then(
            exchange -> {
              exchange.getResponseHeaders().set("Location", provider.uri("/elsewhere").toString());
              exchange.sendResponseHeaders(307, -1);
            })
        .then("{}");

    assertThatThrownBy(() -> api.get("/things", "")).hasMessageContaining("status 307");
    assertThat(provider.requests()).hasSize(1);
  }

  @Test
  void silentProviderIsGivenUp() {
    provider.then(exchange -> await(over));

    assertThatThrownBy(() -> api.get("/things", ""))
        .isInstanceOf(ProviderApiException.class)
        .hasMessageContaining("Read timed out");
    assertThatThrownBy(() -> api.patch("/things", "{}"))
        .isInstanceOf(ProviderApiException.class)
        .hasMessageContaining("took longer than 700 ms");
  }

  @Test
  void providerThatDripsIsGivenUp() {
    provider.then(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          while (!await(over, Duration.ofMillis(50))) {
            out.write(' ');
            out.flush();
          }
        });

    assertThatThrownBy(() -> api.get("/things", ""))
        .hasMessageContaining("took longer than 700 ms");
  }

  @Test
  void answersOverTheBoundAreRefused() {
    provider.then(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] chunk = utf8(" ".repeat(1 << 16));
          for (int i = 0; i <= AdminApi.MAX_BYTES / chunk.length; i++) {
            exchange.getResponseBody().write(chunk);
          }
        });

    assertThatThrownBy(
            () ->
                new AdminApi(provider.uri("/v1"), Map.of(), AdminApi.Patience.DEFAULT)
                    .get("/things", ""))
        .isInstanceOf(ProviderApiException.class)
        .hasMessageContaining("has more than 4194304 bytes");
  }

  @Test
  void providerThatCannotBeReachedIsNamed() {
    URI gone = provider.uri("/v1");
    provider.close();

    assertThatThrownBy(
            () -> BillApi.OPENAI.reader(gone, KEY, "").read(LocalDate.EPOCH, LocalDate.EPOCH))
        .isInstanceOf(ProviderApiException.class)
        .hasMessageContainingAll(gone + "/organization/costs", "Connection refused");
  }

  private static void await(CountDownLatch latch) {
    await(latch, Duration.ofSeconds(20));
  }

  private static boolean await(CountDownLatch latch, Duration atMost) {
    try {
      return latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
