package dev.tollgate;

import java.time.InstantSource;

/** Opens sinks by the scheme of their address. Found by {@link java.util.ServiceLoader}. */
public interface AlertSinkFactory {

  /** Whether this factory opens addresses of this scheme, such as {@code slack}. */
  boolean opens(String scheme);

  /**
   * Opens a sink. It neither looks for the receiver nor holds anything before it delivers.
   *
   * @param scheme one that it {@link #opens}
   * @param address what follows the scheme and a colon; often a secret
   * @throws IllegalArgumentException when the address is not understood; the message names the rule
   *     and does not repeat the address
   */
  AlertSink open(String scheme, String address, Options options);

  /**
   * How sinks deliver.
   *
   * @param privateAddresses whether they may connect to loopback, link-local and private addresses
   * @param secret what messages are signed with, empty for none
   * @param clock tells when a message is signed
   */
  record Options(boolean privateAddresses, String secret, InstantSource clock) {

    /** Never shows the secret. */
    @Override
    public String toString() {
      return "Options[privateAddresses=" + privateAddresses + "]";
    }
  }
}
