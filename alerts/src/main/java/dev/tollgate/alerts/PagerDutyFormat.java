package dev.tollgate.alerts;

import dev.tollgate.Alert;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * PagerDuty's Events API v2.
 *
 * @param routingKey of an integration: a secret
 */
record PagerDutyFormat(String routingKey) implements MessageFormat {

  static final Endpoint ENDPOINT = Endpoint.parse("https://events.pagerduty.com/v2/enqueue");

  private static final Pattern ROUTING_KEY = Pattern.compile("[A-Za-z0-9]{16,64}");
  private static final int MAX_SUMMARY = 1024;
  private static final int MAX_DEDUP_KEY = 255;

  /**
   * @throws IllegalArgumentException when it is no routing key
   */
  PagerDutyFormat {
    if (!ROUTING_KEY.matcher(routingKey).matches()) {
      throw new IllegalArgumentException("must have a routing key of letters and digits");
    }
  }

  @Override
  public Message message(Alert alert) {
    Incident incident = Incident.of(alert.kind());
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("routing_key", routingKey);
    event.put("event_action", incident.resolved() ? "resolve" : "trigger");
    event.put("dedup_key", cut("tollgate/" + incident.key(alert), MAX_DEDUP_KEY));
    if (!incident.resolved()) {
      event.put("payload", payload(alert));
    }
    return Message.json(event);
  }

  private static Map<String, Object> payload(Alert alert) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("summary", cut(alert.subject() + ": " + alert.message(), MAX_SUMMARY));
    payload.put("source", alert.subject());
    payload.put("severity", alert.severity().word());
    payload.put("timestamp", alert.at().toString());
    payload.put("component", "tollgate");
    payload.put("class", alert.kind().word());
    payload.put("custom_details", new TreeMap<>(alert.details()));
    return payload;
  }

  private static String cut(String text, int length) {
    return text.substring(0, Math.min(text.length(), length));
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return "PagerDutyFormat";
  }
}
