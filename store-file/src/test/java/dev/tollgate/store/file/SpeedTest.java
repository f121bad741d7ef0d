package dev.tollgate.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeping costs, beside counting in memory alone. */
class SpeedTest {

  private static final int MANY = 50;

  @TempDir Path temp;

  @Test
  void reserveWaitsForNoDiskAndManyShareAWrite() throws Exception {
    compare(5_000);
  }

  @Test
  @Tag("long")
  void reserveWaitsForNoDiskInALongRun() throws Exception {
    compare(50_000);
  }

  private void compare(int calls) throws Exception {
    Path one = temp.resolve("one");
    Path many = temp.resolve("many");
    run("warm-up", new MemoryStore(1_000, InstantSource.system()), 1, calls);
    run("warm-up", open(temp.resolve("warm-up")), 1, calls);
    Timing memoryOne = run("memory", new MemoryStore(1_000, InstantSource.system()), 1, calls);
    Timing fileOne = run("file", open(one), 1, calls);
    Timing memoryMany = run("memory", new MemoryStore(1_000, InstantSource.system()), MANY, calls);
    Timing fileMany = run("file", open(many), MANY, calls);
    System.out.printf(
        "throughput of memory to that of file: %.1f with 1 thread, %.1f with %d;"
            + " frames for %d settlements: %d and %d%n",
        fileOne.nanosPerCall / memoryOne.nanosPerCall,
        fileMany.nanosPerCall / memoryMany.nanosPerCall,
        MANY,
        calls,
        Kept.frames(one),
        Kept.frames(many));
    assertThat(fileOne.reserveMedian()).as("does not wait").isLessThan(1_000_000);
    assertThat(Kept.frames(one)).as("one each").isGreaterThanOrEqualTo(calls);
    assertThat(Kept.frames(many)).as("shared").isLessThan(calls * 9 / 10);
  }

  private static Store open(Path data) {
    return Kept.open(data, LogSettings.standard());
  }

  /** All times in nanoseconds, sorted. */
  private record Timing(double nanosPerCall, long[] reserves, long[] settlements) {
    long reserveMedian() {
      return reserves[reserves.length / 2];
    }
  }

  private static Timing run(String name, Store store, int threads, int calls) throws Exception {
    long[] reserves = new long[calls];
    long[] settlements = new long[calls];
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    List<Callable<Boolean>> tasks = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int first = thread;
      tasks.add(
          () -> {
            for (int i = first; i < calls; i += threads) {
              long before = System.nanoTime();
              Hold hold = Kept.hold(store, "caller-" + i % 100, name + i, 1, Expiry.RELEASED);
              long between = System.nanoTime();
              store.settle(hold, List.of(1L), "a row of the caller's journal, as long as most are");
              reserves[i] = between - before;
              settlements[i] = System.nanoTime() - between;
            }
            return true;
          });
    }
    long start = System.nanoTime();
    for (Future<Boolean> task : executor.invokeAll(tasks)) {
      assertThat(task.get()).isTrue();
    }
    double nanosPerCall = (double) (System.nanoTime() - start) / calls;
    executor.shutdown();
    store.close();
    Arrays.sort(reserves);
    Arrays.sort(settlements);
    System.out.printf(
        "%s, %d threads: %.0f calls/s; reserve p50 %.1f p99 %.1f us; settle p50 %.1f p99 %.1f us%n",
        name,
        threads,
        1e9 / nanosPerCall,
        reserves[calls / 2] / 1e3,
        reserves[calls * 99 / 100] / 1e3,
        settlements[calls / 2] / 1e3,
        settlements[calls * 99 / 100] / 1e3);
    return new Timing(nanosPerCall, reserves, settlements);
  }
}
