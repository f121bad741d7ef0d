package dev.tollgate.alerts;

import dev.tollgate.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Version 2 of Alertmanager's API. Its labels are what makes alerts the same; one that nothing
 * resolves ends by itself.
 */
record AlertmanagerFormat() implements MessageFormat {

  static final String PATH = "/api/v2/alerts";

  private static final Duration EVENT = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  @Override
  public Message message(Alert alert) {
    Incident incident = Incident.of(alert.kind());
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("alertname", "Tollgate" + incident.camelCase());
    labels.put("severity", alert.severity().word());
    labels.put("subject", alert.subject());
    if (!incident.lasts()) {
      labels.put("cause", alert.cause());
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("labels", labels);
    body.put(
        "annotations",
        Map.of(
            "summary", alert.message(), "description", new TreeMap<>(alert.details()).toString()));
    body.put("startsAt", alert.at().toString());
    body.put("endsAt", end(incident, alert.at()).toString());
    return Message.json(List.of(body));
  }

  private static Instant end(Incident incident, Instant at) {
    if (incident.resolved()) {
      return at;
    }
    return at.plus(incident.lasts() ? LONGEST : EVENT);
  }
}
