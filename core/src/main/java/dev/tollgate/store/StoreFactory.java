package dev.tollgate.store;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;

/** Opens stores by the scheme of a URI. Found by {@link java.util.ServiceLoader}. */
public interface StoreFactory {

  /** Whether this factory opens URIs of this scheme, such as {@code redis}. */
  boolean opens(String scheme);

  /**
   * Opens a store. A remote store that cannot be reached opens all the same; its operations then
   * throw {@link StoreException} until it can be reached.
   *
   * @param uri the store's address
   * @param options how to use it
   * @throws IllegalArgumentException when the URI is not understood; the message names the rule and
   *     the remedy
   * @throws UnusableStoreException when an embedded store cannot be opened
   */
  Store open(URI uri, Options options);

  /**
   * How to use a store.
   *
   * @param deadline how long a store may be silent, 1 ms to 10 s; one that is answering is waited
   *     for a few times as long, for a busy process is no outage
   * @param maxAccounts accounts kept in memory by an embedded store
   * @param clock the clock of an embedded store
   */
  record Options(Duration deadline, int maxAccounts, InstantSource clock) {}
}
