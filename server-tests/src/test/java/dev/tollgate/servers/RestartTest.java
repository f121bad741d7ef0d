package dev.tollgate.servers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The sample as it comes, which keeps usage in a directory. */
class RestartTest {

  private static final String CALLER = "restarted";
  private static final Map<String, String> CONFIGURATION = Map.of("sample.keys", CALLER + ":free");

  @Test
  void usageSurvivesAKilledServer() throws Exception {
    JsonNode before;
    try (Instance killed = Instance.start(Server.TOMCAT, "restarted", CONFIGURATION)) {
      assertThat(killed.client().chat(CALLER).status()).isEqualTo(200);
      before = tokens(killed);
      killed.kill();
    }
    try (Instance next = Instance.startAgain(Server.TOMCAT, "restarted", CONFIGURATION)) {
      assertThat(tokens(next)).isEqualTo(before);
      assertThat(next.client().usage(CALLER).path("calls")).hasSize(1);
    }
    System.out.println("after kill -9 of Tomcat and a start: " + before);
  }

  /** What the caller has used of the month's tokens. */
  private static JsonNode tokens(Instance instance) {
    JsonNode limits = instance.client().usage(CALLER).path("limits");
    for (JsonNode limit : limits) {
      if (limit.path("name").asText().equals("tokens-per-month")) {
        assertThat(limit.path("used").asLong()).isPositive();
        return limit;
      }
    }
    throw new AssertionError("no limit of tokens in " + limits);
  }
}
