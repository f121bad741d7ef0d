package dev.tollgate.alerts;

import java.util.Map;

/**
 * What is posted.
 *
 * @param headers by name, without those of every request
 * @param body JSON
 */
record Message(Map<String, String> headers, byte[] body) {

  /** JSON without further headers. */
  static Message json(Object value) {
    return new Message(Map.of("Content-Type", "application/json"), Json.bytes(value));
  }
}
