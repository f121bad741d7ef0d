package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.providers.TokenCounters;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client of the filter sees, over real HTTP. */
class TollgateFilterTest {

  private GateServer server;

  @BeforeEach
  void start() throws Exception {
    server = new GateServer(new HttpSettingsBuilder().build()).start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void theTwentyFirstQuickCallIsToldToComeBackInSixSeconds() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(server.call("alice").statusCode()).isEqualTo(200);
    }
    HttpResponse<String> refused = server.call("alice");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).contains("6");
    assertThat(refused.headers().firstValue("retry-after-ms")).contains("6000");
    assertThat(refused.headers().firstValue("RateLimit-Policy"))
        .contains("\"requests-per-minute\";q=20;w=120");
    assertThat(refused.headers().firstValue("RateLimit"))
        .contains("\"requests-per-minute\";r=0;t=6");
    assertThat(refused.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(refused.headers().firstValue("x-should-retry")).isEmpty();
    assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(refused.body())
        .isEqualTo(
            "{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
                + "\"title\":\"Request cannot be satisfied as assigned quota has been exceeded\","
                + "\"status\":429,"
                + "\"detail\":\"Limit requests-per-minute is used up: retry in 6 s.\","
                + "\"violated-policies\":[\"requests-per-minute\"]}");
    assertThat(server.served).hasValue(20);
  }

  @Test
  void aRetryAtTheStatedTimeIsLetIn() throws Exception {
    for (int i = 0; i < 21; i++) {
      server.call("alice");
    }
    server.advance(Duration.ofSeconds(6).minusMillis(1));
    assertThat(server.call("alice").statusCode()).isEqualTo(429);
    server.advance(Duration.ofMillis(1));
    assertThat(server.call("alice").statusCode()).isEqualTo(200);
  }

  @Test
  void admittedAnswersSayWhatIsLeft() throws Exception {
    HttpResponse<String> first = server.call("alice");
    assertThat(first.body()).isEqualTo("served");
    assertThat(first.headers().firstValue("RateLimit-Policy"))
        .contains("\"requests-per-minute\";q=20;w=120");
    assertThat(first.headers().firstValue("RateLimit"))
        .contains("\"requests-per-minute\";r=19;t=6");
    for (int i = 1; i < 19; i++) {
      server.call("alice");
    }
    assertThat(server.call("alice").headers().firstValue("RateLimit"))
        .contains("\"requests-per-minute\";r=0;t=6");
  }

  @Test
  void oneCallersCallsAreNotCountedAsAnothers() throws Exception {
    for (int i = 0; i < 21; i++) {
      server.call("alice");
    }
    assertThat(server.call("bob").statusCode()).isEqualTo(200);
  }

  @Test
  void requestsOfOtherPathsPassUntouched() throws Exception {
    HttpResponse<String> answer = server.get("/free");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("RateLimit")).isEmpty();
  }

  @Test
  void changedSettingsTakeEffectAndWhatWasCountedStays() throws Exception {
    server.call("alice");
    server.reload(new HttpSettingsBuilder().route("chat", "/free").build());
    assertThat(server.call("alice").headers().firstValue("RateLimit")).isEmpty();
    assertThat(server.get("/free", "X-API-Key", "alice").headers().firstValue("RateLimit"))
        .contains("\"requests-per-minute\";r=18;t=12");
  }

  @Test
  void twoFiltersChargeOnce() throws Exception {
    try (GateServer twice = new GateServer(new HttpSettingsBuilder().build())) {
      twice.addFilter(
          new TollgateFilter(
              twice.tollgate,
              () -> new HttpSettingsBuilder().build(),
              new TokenCounters(Runnable::run)));
      twice.start();
      assertThat(twice.call("alice").statusCode()).isEqualTo(200);
      assertThat(twice.left("alice")).isEqualTo(19);
    }
  }
}
