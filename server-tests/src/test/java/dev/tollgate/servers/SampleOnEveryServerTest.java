package dev.tollgate.servers;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.servers.Client.Reply;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sample's promises, on each server. Every test speaks as a caller of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ParameterizedClass
@EnumSource(Server.class)
class SampleOnEveryServerTest {

  private static final Map<String, String> CONFIGURATION =
      Map.of(
          "sample.keys",
              "reader:free, streamer:free, leaver:free, asker:free, burst:free, doubled:free,"
                  + " careless:free, mode:small, demo-pro:pro, "
                  + Redeployment.KEYS,
          "sample.provider.delay", "10",
          "tollgate.tier.free.rate", "10/minute burst 20",
          "tollgate.tier.small.rate", "1000/minute burst 1000",
          "tollgate.tier.small.quota", "4 requests/day",
          "tollgate.tier.small.ladder", "80% notify, 100% restrict, 150% refuse",
          "tollgate.tier.small.restrict", "context 4000, output 256, priority low",
          "tollgate.tier.ample.rate", Redeployment.AMPLE,
          "tollgate.tier.patient.rate", Redeployment.PATIENT,
          "tollgate.route.suggest.wait", Redeployment.WAIT);

  @Parameter private Server server;
  private Instance instance;
  private Client client;

  @BeforeParameterizedClassInvocation
  void start() throws IOException {
    instance = Instance.start(server, "sample-" + server, CONFIGURATION);
    client = instance.client();
  }

  @AfterParameterizedClassInvocation
  void stop() {
    instance.close();
  }

  @Test
  void servesTheChatPage() {
    Reply page = client.get("/");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(page.body()).contains("<title>Tollgate");
  }

  @Test
  void answersAndAccountsForTheCall() {
    Reply reply = client.chat("reader");

    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    JsonNode answer = reply.json();
    assertThat(answer.path("answer").asText()).isNotBlank();
    assertThat(answer.path("model").asText()).isNotBlank();
    assertThat(answer.path("mode").asText()).isEqualTo("full");
    JsonNode usage = answer.path("usage");
    assertThat(usage.path("inputTokens").asLong()).isPositive();
    assertThat(usage.path("outputTokens").asLong()).isBetween(1L, 50L);
    assertThat(new BigDecimal(usage.path("costUsd").asText())).isPositive();
    JsonNode call = client.usage("reader").path("calls").path(0);
    assertThat(call.path("inputTokens")).isEqualTo(usage.path("inputTokens"));
    assertThat(call.path("outputTokens")).isEqualTo(usage.path("outputTokens"));
  }

  @Test
  void passesStreamsThrough() {
    Reply completion =
        client.post(
            "/v1/chat/completions",
            "{\"model\":\"gpt-5-mini\",\"max_completion_tokens\":400,\"stream\":true,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
            "Authorization",
            "Bearer streamer");
    Reply message =
        client.post(
            "/v1/messages",
            "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":400,\"stream\":true,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
            "X-API-Key",
            "streamer");

    assertThat(completion.status()).as(completion.toString()).isEqualTo(200);
    assertThat(completion.header("Content-Type")).startsWith("text/event-stream");
    assertThat(completion.body()).contains("\"content\":\"“Hello”. \"").endsWith("[DONE]\n\n");
    assertThat(message.status()).as(message.toString()).isEqualTo(200);
    assertThat(message.body())
        .contains("\"text\":\"“Hello”. \"")
        .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    await()
        .atMost(ofSeconds(5))
        .untilAsserted(() -> assertThat(client.usage("streamer").path("calls")).hasSize(2));
    for (JsonNode call : client.usage("streamer").path("calls")) {
      assertThat(call.path("outputTokens").asLong()).as(call.toString()).isBetween(10L, 400L);
      assertThat(call.path("estimated").asBoolean()).as(call.toString()).isFalse();
      assertThat(new BigDecimal(call.path("costUsd").asText())).isPositive();
    }
  }

  @Test
  void quotesWhatACallWouldCostAtNoCharge() {
    Reply prompt =
        client.post(
            "/tollgate/estimate", "{\"prompt\":\"Hello\",\"maxTokens\":100}", "X-API-Key", "asker");
    Reply completion =
        client.post(
            "/tollgate/estimate",
            "{\"model\":\"gpt-5-mini\",\"max_completion_tokens\":100,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
            "X-API-Key",
            "asker");

    for (Reply quote : List.of(prompt, completion)) {
      assertThat(quote.status()).as(quote.toString()).isEqualTo(200);
      assertThat(quote.json().path("decision").asText()).isEqualTo("admitted");
      assertThat(quote.json().path("outputTokens").asLong()).isBetween(1L, 100L);
      assertThat(new BigDecimal(quote.json().path("costUsd").asText()))
          .isBetween(
              new BigDecimal(quote.json().path("low").asText()),
              new BigDecimal(quote.json().path("high").asText()));
    }
    assertThat(client.usage("asker").path("calls")).isEmpty();
  }

  @Test
  void chargesAStreamWhoseClientLeavesForWhatWasProduced() {
    List<String> lines =
        client.glimpse(
            "/v1/chat/completions",
            "{\"model\":\"gpt-4o-mini\",\"max_completion_tokens\":4000,\"stream\":true,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
            2 * 26,
            "X-API-Key",
            "leaver");

    assertThat(lines).hasSize(52).noneMatch(line -> line.contains("[DONE]"));
    await()
        .atMost(ofSeconds(5))
        .untilAsserted(
            () -> {
              JsonNode usage = client.usage("leaver");
              assertThat(usage.path("calls")).as(usage.toString()).hasSize(1);
              JsonNode call = usage.path("calls").path(0);
              assertThat(call.path("estimated").asBoolean()).isTrue();
              assertThat(new BigDecimal(call.path("costUsd").asText())).isPositive();
              assertThat(call.path("outputTokens").asLong()).isBetween(1L, 1000L);
              assertThat(usage.path("limits").findValuesAsText("held"))
                  .allMatch(held -> new BigDecimal(held).signum() == 0);
            });
  }

  @Test
  void refusesTheCallAfterTheBurstAndAdmitsItsRetry() throws InterruptedException {
    for (int call = 1; call <= 20; call++) {
      assertThat(client.chat("burst").status()).as("call %d", call).isEqualTo(200);
    }
    Reply refusal = client.chat("burst");

    assertThat(refusal.status()).isEqualTo(429);
    assertThat(refusal.header("Content-Type")).startsWith("application/problem+json");
    assertThat(refusal.json().path("type").asText()).endsWith("quota-exceeded");
    assertThat(refusal.json().path("violated-policies")).isNotEmpty();
    assertThat(refusal.header("RateLimit-Policy")).isNotEmpty();
    assertThat(refusal.header("RateLimit")).contains("r=0");
    long wait = Long.parseLong(refusal.header("Retry-After"));
    assertThat(wait).isBetween(1L, 6L);

    Thread.sleep(ofSeconds(wait).toMillis());
    assertThat(client.chat("burst").status()).isEqualTo(200);
  }

  @Test
  void restrictsAtTheQuotaAndRefusesOnlyAtTheLaddersLastRung() {
    for (int call = 1; call <= 4; call++) {
      Reply full = client.chat("mode");
      assertThat(full.status()).as("call %d: %s", call, full).isEqualTo(200);
      assertThat(full.header("Tollgate-Mode")).as("call %d", call).isEmpty();
    }
    for (int call = 5; call <= 6; call++) {
      Reply restricted = client.chat("mode");
      assertThat(restricted.status()).as("call %d: %s", call, restricted).isEqualTo(200);
      assertThat(restricted.header("Tollgate-Mode"))
          .isEqualTo("restricted; context=4000; output=256");
      assertThat(restricted.json().path("mode").asText()).isEqualTo("restricted");
    }
    Reply refused = client.chat("mode");

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("x-should-retry")).isEqualTo("false");
    assertThat(client.usage("mode").path("mode").asText()).isEqualTo("refused");
  }

  @Test
  void doesNotKnowCallersWithoutAKey() {
    assertThat(client.chat("stranger").status()).isEqualTo(401);
  }

  @Test
  void refusesToChooseBetweenTwoKeys() {
    List<String> before = client.charges("doubled");
    assertThat(before).isNotEmpty();

    Reply twice =
        client.post(
            "/api/chat", "{\"prompt\":\"Hi\"}", "X-API-Key", "doubled", "X-API-Key", "demo-pro");

    assertThat(twice.status()).isEqualTo(400);
    assertThat(twice.header("Content-Type")).startsWith("application/problem+json");
    assertThat(client.charges("doubled")).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "What is a tollgate?",
        "{\"prompt\":",
        "[]",
        "{}",
        "{\"prompt\":7}",
        "{\"prompt\":\"Hi\",\"maxTokens\":-1}",
        "{\"prompt\":\"Hi\",\"maxTokens\":0}",
        "{\"prompt\":\"Hi\",\"maxTokens\":99999999999999999999}",
        "{\"prompt\":\"Hi\",\"maxTokens\":\"many\"}"
      })
  void refusesABadBodyAndChargesNothing(String body) {
    List<String> before = client.charges("careless");
    assertThat(before).isNotEmpty();

    Reply reply = client.post("/api/chat", body, "X-API-Key", "careless");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("Content-Type")).startsWith("application/problem+json");
    assertThat(client.charges("careless")).isEqualTo(before);
  }

  @Test
  void leavesNothingBehindWhenItIsRedeployed() throws IOException {
    new Redeployment(instance).run(2);
    assertThat(client.usage("redeployed").path("calls"))
        .as("before, between and after")
        .hasSizeGreaterThanOrEqualTo(3);
  }
}
