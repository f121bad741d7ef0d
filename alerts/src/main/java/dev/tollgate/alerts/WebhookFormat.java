package dev.tollgate.alerts;

import dev.tollgate.Alert;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A CloudEvent 1.0 in structured JSON, signed as Standard Webhooks says if there is a secret.
 *
 * @param secret empty for no signature
 * @param clock tells when it is signed
 */
record WebhookFormat(String secret, InstantSource clock) implements MessageFormat {

  private static final String ALGORITHM = "HmacSHA256";
  private static final String SECRET_PREFIX = "whsec_";

  @Override
  public Message message(Alert alert) {
    byte[] body = Json.bytes(event(alert));
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/cloudevents+json; charset=UTF-8");
    if (!secret.isEmpty()) {
      String timestamp = Long.toString(clock.instant().getEpochSecond());
      headers.put("webhook-id", alert.id());
      headers.put("webhook-timestamp", timestamp);
      headers.put("webhook-signature", "v1," + signature(alert.id() + "." + timestamp + ".", body));
    }
    return new Message(headers, body);
  }

  private static Map<String, Object> event(Alert alert) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("specversion", "1.0");
    event.put("id", alert.id());
    event.put("source", "/tollgate");
    event.put("type", "dev.tollgate.alert." + alert.kind().word());
    event.put("subject", alert.subject());
    event.put("time", alert.at().toString());
    event.put("datacontenttype", "application/json");
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("kind", alert.kind().name());
    data.put("severity", alert.severity().word());
    data.put("message", alert.message());
    data.put("cause", alert.cause());
    data.put("details", new TreeMap<>(alert.details()));
    event.put("data", data);
    return event;
  }

  private String signature(String prefix, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key(secret), ALGORITHM));
      mac.update(prefix.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, impossible);
    }
  }

  /**
   * The bytes of a secret: those that it tells in Base64 behind {@code whsec_}, else its own.
   *
   * @throws IllegalArgumentException when they are not Base64
   */
  static byte[] key(String secret) {
    if (!secret.startsWith(SECRET_PREFIX)) {
      return secret.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length()));
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "has a secret that is not Base64 behind " + SECRET_PREFIX, wrong);
    }
  }

  /** Never shows the secret. */
  @Override
  public String toString() {
    return "WebhookFormat";
  }
}
