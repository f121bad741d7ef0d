package dev.tollgate.store.redis;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreContract;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;

class RedisStoreTest extends StoreContract {

  @Override
  protected Store open() {
    return Stores.openWithHandClock();
  }

  @Override
  protected void setClock(Instant now) {
    Stores.setClock(now);
  }

  @AfterAll
  static void removeClock() {
    Stores.removeClock();
  }
}
