package dev.tollgate.config;

import java.util.List;

/**
 * Where alerts go.
 *
 * @param sinks their addresses, each once
 * @param privateAddresses whether sinks may connect to loopback, link-local and private addresses
 * @param secret what messages are signed with, empty for none
 */
public record AlertSettings(List<SinkAddress> sinks, boolean privateAddresses, String secret) {

  public AlertSettings {
    sinks = List.copyOf(sinks);
  }

  /** Never shows the secret. */
  @Override
  public String toString() {
    return "AlertSettings[sinks=" + sinks + ", privateAddresses=" + privateAddresses + "]";
  }
}
