package dev.tollgate.config;

import dev.tollgate.OnStoreFailure;
import java.net.URI;
import java.time.Duration;

/**
 * Where limits are counted.
 *
 * @param uri the store's address; its scheme chooses the kind
 * @param deadline the longest that one operation may take: 1 ms to 10 s
 * @param onFailure what happens to calls while it does not answer
 * @param nodes how many processes share it: 1 to 10,000
 * @param maxCallers how many callers are kept in memory: 100 to 10,000,000
 * @param holdFor how long a reservation may stay unsettled: 1 second to 24 hours
 */
public record StoreSettings(
    URI uri,
    Duration deadline,
    OnStoreFailure onFailure,
    int nodes,
    int maxCallers,
    Duration holdFor) {

  /** Whether other processes, at the same time or later, find what this one has counted. */
  boolean outlivesTheProcess() {
    return !uri.getScheme().equals("memory");
  }

  /** Never shows the address's user, password and query. */
  @Override
  public String toString() {
    return "StoreSettings[%s, deadline %s, on failure %s, %d nodes, %d callers, hold %s]"
        .formatted(
            Redaction.ofAddress(uri.toString()), deadline, onFailure, nodes, maxCallers, holdFor);
  }
}
