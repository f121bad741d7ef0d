package dev.tollgate.store;

import java.util.List;

/**
 * What an admitted request took: what {@link Store#settle} and {@link Store#cancel} need to know.
 *
 * @param account the account
 * @param id the request's id
 * @param deadlineMicros when it is released unless it is settled; 0 if it was posted at once
 * @param parts one for each charge of the request, in its order
 */
public record Hold(String account, String id, long deadlineMicros, List<Part> parts) {

  public Hold {
    parts = List.copyOf(parts);
  }

  /**
   * One charge that was taken.
   *
   * @param counter the counter
   * @param bound what bounds it
   * @param amount what was taken
   * @param markMicros the start of the quota's window, or the bucket's theoretical arrival time
   *     after the charge
   */
  public record Part(String counter, Bound bound, long amount, long markMicros) {}

  /** Whether the store keeps a record of it, to be settled. */
  public boolean isKept() {
    return deadlineMicros > 0;
  }
}
