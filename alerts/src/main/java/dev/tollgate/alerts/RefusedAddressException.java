package dev.tollgate.alerts;

import java.io.IOException;

/** A host whose addresses are all private. */
final class RefusedAddressException extends IOException {

  private static final long serialVersionUID = 1;

  RefusedAddressException(String host) {
    super(
        host
            + " has only private addresses, which tollgate.alerts-private-addresses = allow would"
            + " permit");
  }
}
