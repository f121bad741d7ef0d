package dev.tollgate.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.store.Bucket;
import dev.tollgate.store.Charge;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreContract;
import dev.tollgate.store.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    return FileStore.open(path, 1000, clock, Kept.UNFORCED);
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
    long before = writers();
    Store store = open();
    assertThat(writers()).isEqualTo(before + 1);
    store.close();
    store.close();
    assertThat(writers()).isEqualTo(before);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> store.rows("caller"))
        .withMessage("the store is closed");
  }

  private static long writers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("tollgate-store-file"))
        .count();
  }

  @Test
  void debtorsAndSharedAccountsAreKeptAndIdleOnesMakeRoom() throws Exception {
    Path path = directory.resolve("few");
    Bucket bucket = new Bucket(60, 60_000_000L, 10);
    try (Store store = openFew(path)) {
      List<Charge> charges = List.of(Charge.of("t", bucket, 1));
      Request request = new Request("debtor", "1", charges, 1_000_000, "");
      store.settle(store.reserve(request).admitted().orElseThrow(), List.of(600L), "");
      charge(store, "idle", bucket, 1);
      clock.advance(Duration.ofMinutes(1));
      charge(store, "new", bucket, 10);
      assertThat(charge(store, "no room", bucket, 10)).isEqualTo(Outcome.FULL);
    }
    try (Store store = openFew(path)) {
      for (String account : List.of("debtor", "new", "no room")) {
        assertThat(charge(store, account, bucket, 1)).as(account).isEqualTo(Outcome.REFUSED);
      }
      clock.advance(Duration.ofMinutes(1));
      assertThat(charge(store, "idle", bucket, 10)).as("has room").isEqualTo(Outcome.FULL);
      assertThat(charge(store, "debtor", bucket, 1)).isEqualTo(Outcome.REFUSED);
    }
  }

  /** With room for two accounts. */
  private Store openFew(Path path) {
    return FileStore.open(path, 2, clock, Kept.UNFORCED);
  }

  private static Outcome charge(Store store, String account, Bucket bucket, long amount)
      throws StoreException {
    List<Charge> charges = List.of(Charge.of("t", bucket, amount));
    return store.reserve(new Request(account, account, charges, 0, "")).outcome();
  }
}
