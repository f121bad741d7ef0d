package dev.tollgate.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import dev.tollgate.store.file.FaultyDisk.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that is full or fails, and is well again. */
class DiskFailureTest {

  private static final int CALLERS = 5;

  @TempDir Path temp;

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FULL", "BROKEN", "UNFORCED"})
  void leaseIsRefusedWhileItCannotBeKeptAndGrantedUnaidedAfterwards(Fault fault) throws Exception {
    FaultyDisk disk = new FaultyDisk(new Random());
    try (Store store = Kept.open(temp.resolve("data"), settings(disk))) {
      Kept.hold(store, "provider", "before", 1, Expiry.CHARGED);
      disk.set(fault);
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> Kept.hold(store, "provider", "lease", 1, Expiry.CHARGED))
          .withMessageContaining("cannot be written: java.io.IOException: ");
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> Kept.held(store, "provider"));
      disk.set(Fault.NONE);
      awaitWorking(store);
      Kept.hold(store, "provider", "lease", 1, Expiry.CHARGED);
      assertThat(Kept.held(store, "provider")).as("the same lease").isEqualTo(2);
    }
  }

  @Test
  void nothingThatWasAcknowledgedIsLostToAFailingDisk() throws Exception {
    failRepeatedly(12);
  }

  @Test
  @Tag("long")
  void nothingThatWasAcknowledgedIsLostTo500Failures() throws Exception {
    failRepeatedly(500);
  }

  private void failRepeatedly(int failures) throws Exception {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    FaultyDisk disk = new FaultyDisk(new Random(random.nextLong()));
    Path data = temp.resolve("data");
    Spending spending = new Spending(random);
    int crashes = 0;
    try (Store store = Kept.open(data, settings(disk))) {
      for (int i = 0; i < failures; i++) {
        String where = "seed " + seed + ", failure " + (i + 1);
        spending.go(store, 50);
        disk.set(Fault.values()[1 + random.nextInt(3)]);
        spending.go(store, 20);
        if (random.nextBoolean()) {
          crashes++;
          spending.check(Kept.copy(data, temp.resolve("crash-" + i)), where);
        }
        disk.set(Fault.NONE);
        awaitWorking(store);
        spending.settleAgain(store);
        spending.check(store, where);
      }
    }
    spending.check(data, "seed " + seed + ", at the end");
    System.out.printf(
        "failing disk: seed %d, %d failures (full, broken, not forced), %d crashes meanwhile,"
            + " %d settlements acknowledged, 0 lost%n",
        seed, failures, crashes, Arrays.stream(spending.acknowledged).sum());
  }

  @Test
  void powerFailureLosesNoLeaseAndNothingThatCameBeforeOne() throws Exception {
    failPower(40);
  }

  @Test
  @Tag("long")
  void powerFailuresLoseNoLeaseAndNothingThatCameBeforeOne() throws Exception {
    failPower(1000);
  }

  /** The disk fails to force now and then, and is well again before the power fails. */
  private void failPower(int failures) throws Exception {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    FaultyDisk disk = new FaultyDisk(new Random(random.nextLong()));
    Path data = temp.resolve("data");
    Spending spending = new Spending(random);
    long leased = 0;
    long lost = 0;
    try (Store store = Kept.open(data, settings(disk))) {
      for (int i = 0; i < failures; i++) {
        spending.go(store, random.nextInt(50));
        if (random.nextInt(4) == 0) {
          disk.set(Fault.UNFORCED);
          assertThatExceptionOfType(StoreException.class)
              .isThrownBy(() -> Kept.hold(store, "provider", "unforced", 1, Expiry.CHARGED));
          disk.set(Fault.NONE);
          awaitWorking(store);
          spending.settleAgain(store);
        }
        Kept.hold(store, "provider", "lease-" + i, 1, Expiry.CHARGED);
        leased++;
        long forced = Arrays.stream(spending.acknowledged).sum();
        spending.go(store, random.nextInt(20));
        long acknowledged = Arrays.stream(spending.acknowledged).sum();
        Path left = disk.afterPowerFailure(data, temp.resolve("power-" + i));
        try (Store recovered = Kept.open(left)) {
          String where = "seed " + seed + ", failure " + (i + 1);
          long posted = spending.posted(recovered);
          assertThat(Kept.held(recovered, "provider")).as(where).isBetween(leased, leased + 1);
          assertThat(posted).as(where).isBetween(forced, acknowledged);
          lost += acknowledged - posted;
        }
      }
    }
    System.out.printf(
        "power failures: seed %d, %d failures, %d leases, 0 lost; of the settlements after the"
            + " last lease %d lost%n",
        seed, failures, leased, lost);
  }

  private static LogSettings settings(FaultyDisk disk) {
    return new LogSettings(disk, new Random()::nextLong, 20_000);
  }

  private static void awaitWorking(Store store) {
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              try {
                return store.rows("probe").isEmpty();
              } catch (StoreException stillFailing) {
                return false;
              }
            });
  }

  /** What callers spend, as far as they were told. */
  private static final class Spending {
    final long[] acknowledged = new long[CALLERS];
    private final Random random;
    private final List<Hold> unknown = new ArrayList<>();
    private int lastId;

    Spending(Random random) {
      this.random = random;
    }

    void go(Store store, int calls) {
      for (int i = 0; i < calls; i++) {
        try {
          String caller = name(random.nextInt(CALLERS));
          Hold hold = Kept.hold(store, caller, "id-" + ++lastId, 1, Expiry.RELEASED);
          unknown.add(hold);
          store.settle(hold, List.of(1L), "");
          unknown.remove(hold);
          acknowledged[caller(hold)]++;
        } catch (StoreException refused) {
          assertThat(refused).hasMessageContaining("cannot be written");
        }
      }
    }

    /** As the engine does with what was not acknowledged. */
    void settleAgain(Store store) throws StoreException {
      for (Iterator<Hold> holds = unknown.iterator(); holds.hasNext(); holds.remove()) {
        Hold hold = holds.next();
        store.settle(hold, List.of(1L), "");
        acknowledged[caller(hold)]++;
      }
    }

    private static String name(int caller) {
      return "caller-" + caller;
    }

    private static int caller(Hold hold) {
      return hold.account().charAt(hold.account().length() - 1) - '0';
    }

    long posted(Store store) throws StoreException {
      long posted = 0;
      for (int i = 0; i < CALLERS; i++) {
        posted += Kept.posted(store, name(i));
      }
      return posted;
    }

    void check(Path data, String where) throws StoreException {
      try (Store store = Kept.open(data)) {
        check(store, where);
      }
    }

    /** What is counted is what was acknowledged, and perhaps what nobody knows of. */
    void check(Store store, String where) throws StoreException {
      for (int i = 0; i < CALLERS; i++) {
        int caller = i;
        long perhaps = unknown.stream().filter(hold -> caller(hold) == caller).count();
        assertThat(Kept.posted(store, name(i)))
            .as("%s: caller %d", where, i)
            .isBetween(acknowledged[i], acknowledged[i] + perhaps);
      }
    }
  }
}
