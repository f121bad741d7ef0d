package dev.tollgate.config;

import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreFactory;
import dev.tollgate.store.UnusableStoreException;
import java.net.URI;

/**
 * A kind of store that the application brings: {@code trial://host}, in memory. {@code
 * trial://damaged} cannot be used.
 */
public final class TrialStoreFactory implements StoreFactory {

  @Override
  public boolean opens(String scheme) {
    return scheme.equals("trial");
  }

  @Override
  public Store open(URI uri, Options options) {
    if ("damaged".equals(uri.getHost())) {
      throw new UnusableStoreException("damaged at byte 7 of me:hunter", "restore a backup");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("no host in " + uri);
    }
    return new MemoryStore(options.maxAccounts(), options.clock());
  }
}
