package dev.tollgate.config;

/**
 * A sink of alerts: {@code log}, {@code slack:https://hooks.slack.com/...}.
 *
 * @param scheme the kind of sink
 * @param address where it is, as the kind wants it; often a secret
 */
public record SinkAddress(String scheme, String address) {

  static SinkAddress parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0
        ? new SinkAddress(text, "")
        : new SinkAddress(text.substring(0, colon), text.substring(colon + 1));
  }

  /** Without what may be secret: {@code slack:https://hooks.slack.com/***}. */
  @Override
  public String toString() {
    return Redaction.ofSink(address.isEmpty() ? scheme : scheme + ":" + address);
  }
}
