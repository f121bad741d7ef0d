package dev.tollgate.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollgate.Alert;
import dev.tollgate.AlertSink;
import dev.tollgate.AlertSinkFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What receivers are sent, by their own documentation. */
class FormatTest {

  private static final Instant AT = Instant.parse("2026-03-10T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(AT.plusSeconds(5));
  private static final String KEY = "R0UT1NGKEYR0UT1NGKEYR0UT1NGKEY00";

  private static final Alert QUOTA =
      new Alert(
          Alert.Kind.QUOTA_REACHED,
          AT,
          "ann",
          "requests-per-day 80% 2026-03-10T00:00:00Z",
          "80 % of requests-per-day is used",
          Map.of("limit", "requests-per-day", "percent", "80"));

  @Test
  void aWebhookIsACloudEvent() throws Exception {
    Message message = new WebhookFormat("", CLOCK).message(QUOTA);

    assertThat(message.headers())
        .containsExactly(Map.entry("Content-Type", "application/cloudevents+json; charset=UTF-8"));
    assertThat(json(message))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"specversion": "1.0", "id": "%s", "source": "/tollgate",
                     "type": "dev.tollgate.alert.quota-reached", "subject": "ann",
                     "time": "2026-03-10T12:00:00Z", "datacontenttype": "application/json",
                     "data": {"kind": "QUOTA_REACHED", "severity": "info",
                       "message": "80 %% of requests-per-day is used",
                       "cause": "requests-per-day 80%% 2026-03-10T00:00:00Z",
                       "details": {"limit": "requests-per-day", "percent": "80"}}}
                    """
                        .formatted(QUOTA.id())));
  }

  @Test
  void aWebhookIsSignedAsStandardWebhooksAre() throws Exception {
    byte[] key = "0123456789abcdef01234567".getBytes(StandardCharsets.UTF_8);
    String secret = "whsec_" + Base64.getEncoder().encodeToString(key);
    Message message = new WebhookFormat(secret, CLOCK).message(QUOTA);

    String timestamp = Long.toString(AT.getEpochSecond() + 5);
    assertThat(message.headers())
        .containsEntry("webhook-id", QUOTA.id())
        .containsEntry("webhook-timestamp", timestamp)
        .containsEntry(
            "webhook-signature",
            "v1,"
                + hmac(
                    key,
                    QUOTA.id()
                        + "."
                        + timestamp
                        + "."
                        + new String(message.body(), StandardCharsets.UTF_8)));
    assertThat(WebhookFormat.key("plain secret")).asString().isEqualTo("plain secret");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WebhookFormat.key("whsec_?"))
        .withMessageContaining("is not Base64");
  }

  private static String hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void whatASlackMessageQuotesCanNeitherMentionNorLink() throws Exception {
    Alert hostile =
        new Alert(
            Alert.Kind.ANOMALY,
            AT,
            "<!channel>",
            "see <https://evil.example|here> & there",
            Map.of("model", "<@U123>"));
    JsonNode message = json(new SlackFormat().message(hostile));

    assertThat(message.at("/blocks/0/text/type").asText()).isEqualTo("mrkdwn");
    assertThat(message.at("/blocks/0/text/text").asText())
        .isEqualTo(message.at("/text").asText())
        .isEqualTo(
            "*Tollgate: anomaly* &lt;!channel&gt;\n"
                + "see &lt;https://evil.example|here&gt; &amp; there");
    assertThat(message.at("/blocks/1/elements/0/text").asText())
        .isEqualTo("2026-03-10T12:00:00Z · model: &lt;@U123&gt;");
  }

  @Test
  void aSlackMessageFitsIntoItsBlocksWhateverIsTold() throws Exception {
    Alert huge =
        new Alert(
            Alert.Kind.ANOMALY,
            AT,
            "&".repeat(9000),
            "<".repeat(9000),
            Map.of("a", ">".repeat(9000)));
    JsonNode message = json(new SlackFormat().message(huge));

    assertThat(message.at("/blocks/0/text/text").asText()).hasSizeLessThan(5100);
    assertThat(message.at("/blocks/1/elements/0/text").asText()).hasSizeLessThan(3000);
  }

  @Test
  void alertmanagerResolvesABreakerThatHasClosed() throws Exception {
    JsonNode opened = alertmanager(breaker(Alert.Kind.BREAKER_OPENED));
    JsonNode closed = alertmanager(breaker(Alert.Kind.BREAKER_CLOSED));

    assertThat(opened.at("/labels"))
        .isEqualTo(closed.at("/labels"))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"alertname": "TollgateSpendBreaker", "severity": "critical",
                     "subject": "application"}
                    """));
    assertThat(opened.at("/endsAt").asText()).isEqualTo("2026-03-11T12:00:00Z");
    assertThat(closed.at("/endsAt").asText()).isEqualTo("2026-03-10T12:00:00Z");
    assertThat(alertmanager(QUOTA).at("/labels/cause").asText()).isEqualTo(QUOTA.cause());
    assertThat(alertmanager(QUOTA).at("/endsAt").asText()).isEqualTo("2026-03-10T13:00:00Z");
  }

  @Test
  void pagerDutyResolvesABreakerThatHasClosed() throws Exception {
    JsonNode opened = pagerDuty(breaker(Alert.Kind.BREAKER_OPENED));
    JsonNode closed = pagerDuty(breaker(Alert.Kind.BREAKER_CLOSED));

    assertThat(opened.at("/routing_key").asText()).isEqualTo(KEY);
    assertThat(opened.at("/event_action").asText()).isEqualTo("trigger");
    assertThat(opened.at("/payload/summary").asText()).isEqualTo("application: spending");
    assertThat(opened.at("/payload/severity").asText()).isEqualTo("critical");
    assertThat(closed.at("/event_action").asText()).isEqualTo("resolve");
    assertThat(closed.at("/dedup_key")).isEqualTo(opened.at("/dedup_key"));
  }

  /** Only machines are told what single callers bring about, and nobody is woken for the rest. */
  @ParameterizedTest
  @CsvSource({
    "webhook, https://example.com/, INFO",
    "slack, https://example.com/, WARNING",
    "alertmanager, https://example.com/, WARNING",
    "pagerduty, R0UT1NGKEYR0UT1NGKEYR0UT1NGKEY00, ERROR"
  })
  void receiversAreToldWhatConcernsThem(String scheme, String address, Alert.Severity least) {
    AlertSinkFactory.Options options = new AlertSinkFactory.Options(false, "", CLOCK);
    try (AlertSink sink = new HttpSinkFactory().open(scheme, address, options)) {
      assertThat(sink.leastSeverity()).isEqualTo(least);
    }
    assertThat(QUOTA.severity()).isEqualTo(Alert.Severity.INFO);
  }

  @Test
  void aRoutingKeyIsLettersAndDigits() {
    assertThatIllegalArgumentException().isThrownBy(() -> new PagerDutyFormat("\"},{"));
    assertThat(new PagerDutyFormat(KEY).toString()).doesNotContain(KEY);
  }

  @ParameterizedTest
  @EnumSource(Alert.Kind.class)
  void everyKindBecomesJsonWhateverItsTextsHold(Alert.Kind kind) {
    Alert alert =
        new Alert(kind, AT, "\ud800\"\u0000\n", "\\\udfff</script>", Map.of("\"", "\u2028"));
    List<MessageFormat> formats =
        List.of(
            new WebhookFormat("secret", CLOCK),
            new SlackFormat(),
            new AlertmanagerFormat(),
            new PagerDutyFormat(KEY));

    assertThat(formats.stream().map(format -> format.message(alert)))
        .allSatisfy(message -> assertThat(json(message)).isNotEmpty())
        .allSatisfy(
            message ->
                assertThat(
                        new String(message.body(), StandardCharsets.UTF_8)
                            .getBytes(StandardCharsets.UTF_8))
                    .isEqualTo(message.body()));
  }

  @Test
  void whatOpensAnIncidentAndWhatResolvesItAreOne() {
    assertThat(
            Stream.of(
                    Alert.Kind.BREAKER_OPENED,
                    Alert.Kind.BREAKER_HALF_OPENED,
                    Alert.Kind.BREAKER_CLOSED)
                .map(kind -> Incident.of(kind).key(breaker(kind))))
        .containsOnly("spend-breaker/application");
    assertThat(Arrays.stream(Alert.Kind.values()).filter(kind -> Incident.of(kind).resolved()))
        .containsExactly(Alert.Kind.STORE_RECOVERED, Alert.Kind.BREAKER_CLOSED);
  }

  private static Alert breaker(Alert.Kind kind) {
    return new Alert(kind, AT, "application", "spending", Map.of());
  }

  private static JsonNode alertmanager(Alert alert) throws IOException {
    JsonNode alerts = json(new AlertmanagerFormat().message(alert));
    assertThat(alerts).hasSize(1);
    return alerts.get(0);
  }

  private static JsonNode pagerDuty(Alert alert) throws IOException {
    return json(new PagerDutyFormat(KEY).message(alert));
  }

  private static JsonNode json(Message message) throws IOException {
    return new ObjectMapper().readTree(message.body());
  }
}
