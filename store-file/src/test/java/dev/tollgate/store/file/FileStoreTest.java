package dev.tollgate.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.HandClock;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreContract;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends StoreContract {

  /** Makes its log smaller again and again. */
  private static final LogSettings SMALL =
      new LogSettings(FileChannel::open, new Random()::nextLong, 20_000);

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
    return FileStore.open(path, 1000, clock, SMALL);
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
