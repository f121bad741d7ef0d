package dev.tollgate.store.redis;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreFactory;
import java.net.URI;

/**
 * Opens stores on Redis 6.2 or later, or Valkey: {@code redis:} and {@code rediss:} (TLS) for one
 * server, {@code redis-sentinel:} for a master that Sentinels watch, {@code redis-cluster:} for a
 * cluster. Thread-safe.
 */
public final class RedisStoreFactory implements StoreFactory {

  @Override
  public boolean opens(String scheme) {
    return RedisAddress.hasScheme(scheme);
  }

  /** {@inheritDoc} Waits up to a second for a first connection. */
  @Override
  public Store open(URI uri, Options options) {
    return new RedisStore(
        RedisAddress.parse(uri), Script.Set.load(), options.deadline(), options.clock());
  }
}
