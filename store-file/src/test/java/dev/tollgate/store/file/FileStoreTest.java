package dev.tollgate.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.HandClock;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreContract;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends StoreContract {

  @TempDir Path directory;

  private final HandClock clock = new HandClock(Instant.EPOCH);
  private int opened;

  /** Stores do not share a directory. */
  @Override
  protected Store open() {
    opened++;
    return openLast();
  }

  @Override
  protected Store reopen(Store store) {
    store.close();
    return openLast();
  }

  private Store openLast() {
    Path path = directory.resolve("data-" + opened);
    return FileStore.open(path, 1000, clock, Kept.SMALL);
  }

  @Override
  protected void setClock(Instant now) {
    clock.set(now);
  }

  @Override
  protected boolean sharesState() {
    return false;
  }

  @Test
  void closeIsIdempotentAndLeavesNoThread() {
    Store store = open();
    store.close();
    store.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> thread.isAlive() && thread.getName().equals("tollgate-store-file"))
        .hasSizeLessThanOrEqualTo(1);
  }
}
