package dev.tollgate.config;

import dev.tollgate.Alert.Severity;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sink of alerts: {@code log}, {@code slack(critical):https://hooks.slack.com/...}.
 *
 * @param scheme the kind of sink
 * @param leastSeverity of what it is told; empty where the kind decides
 * @param address where it is, as the kind wants it; often a secret
 */
public record SinkAddress(String scheme, Optional<Severity> leastSeverity, String address) {

  private static final Pattern CHOSEN = Pattern.compile("(?<scheme>[a-z]+)\\((?<severity>.*)\\)");

  /** A sink that is told what its kind is told by itself. */
  SinkAddress(String scheme, String address) {
    this(scheme, Optional.empty(), address);
  }

  /**
   * @throws IllegalArgumentException when a severity is none
   */
  static SinkAddress parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String address = colon < 0 ? "" : text.substring(colon + 1);
    Matcher chosen = CHOSEN.matcher(kind);
    return chosen.matches()
        ? new SinkAddress(
            chosen.group("scheme"), Optional.of(severity(chosen.group("severity"))), address)
        : new SinkAddress(kind, address);
  }

  private static Severity severity(String word) {
    return Syntax.oneOf(Severity.class).parse(word);
  }

  /** Whether it is the same sink, whatever it is told. */
  boolean isWhere(SinkAddress other) {
    return scheme.equals(other.scheme) && address.equals(other.address);
  }

  /** Without what may be secret: {@code slack:https://hooks.slack.com/***}. */
  @Override
  public String toString() {
    String kind = scheme + leastSeverity.map(least -> "(" + least.word() + ")").orElse("");
    return Redaction.ofSink(address.isEmpty() ? kind : kind + ":" + address);
  }
}
