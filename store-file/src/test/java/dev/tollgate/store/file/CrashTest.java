package dev.tollgate.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that settles is killed again and again, at random moments. */
class CrashTest {

  private static final int THREADS = 4;

  @TempDir Path temp;

  @Test
  void nothingThatWasAcknowledgedIsLostToKills() throws Exception {
    killRepeatedly(8);
  }

  @Test
  @Tag("long")
  void nothingThatWasAcknowledgedIsLostTo500Kills() throws Exception {
    killRepeatedly(500);
  }

  private void killRepeatedly(int kills) throws Exception {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    Path data = temp.resolve("data");
    long acknowledged = 0;
    long slowest = 0;
    Counts before = new Counts(new long[THREADS], 0, 0);
    for (int run = 0; run < kills; run++) {
      try (Settler settler = Settler.start(data, THREADS, run)) {
        settler.awaitAcknowledged(1 + random.nextInt(3000));
        settler.kill();
        long start = System.nanoTime();
        try (Store store = Kept.open(data)) {
          slowest = Math.max(slowest, System.nanoTime() - start);
          Counts after = Counts.of(store);
          acknowledged += check(settler, before, after, "seed " + seed + ", kill " + (run + 1));
          before = after;
        }
      }
    }
    System.out.printf(
        "kill -9: seed %d, %d kills, %d settlements acknowledged, 0 lost; slowest recovery %d ms;"
            + " %d KiB at the end%n",
        seed, kills, acknowledged, slowest / 1_000_000, Kept.bytes(data) / 1024);
    assertThat(acknowledged).isGreaterThan(kills * 10L);
    assertThat(slowest).isLessThan(2_000_000_000L);
  }

  /** What was acknowledged is there, and at most the one more that each thread was about. */
  private static long check(Settler settler, Counts before, Counts after, String where) {
    long settled = 0;
    for (int i = 0; i < THREADS; i++) {
      long acknowledged = settler.acknowledged("thread-" + i);
      settled += acknowledged;
      assertThat(after.posted[i] - before.posted[i])
          .as("%s: thread %d", where, i)
          .isBetween(acknowledged, acknowledged + 1);
    }
    long added = settler.acknowledged("rollup");
    assertThat(after.added - before.added).as(where).isBetween(added, added + 1);
    long replaced = settler.acknowledged("document");
    assertThat(after.version - before.version).as(where).isBetween(replaced, replaced + 1);
    return settled;
  }

  private record Counts(long[] posted, long added, long version) {
    static Counts of(Store store) throws StoreException {
      long[] posted = new long[THREADS];
      for (int i = 0; i < THREADS; i++) {
        posted[i] = Kept.posted(store, "thread-" + i);
      }
      long added =
          store.rollups().find("rollup", List.of("row")).stream()
              .mapToLong(row -> row.values().get(0))
              .sum();
      return new Counts(posted, added, store.document("document").version());
    }
  }
}
