package dev.tollgate.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSizeTest {

  @TempDir Path temp;

  @Test
  void logStaysAFewTimesAsLargeAsWhatIsKept() throws Exception {
    Path data = temp.resolve("data");
    long largest = 0;
    try (Store store = Kept.open(data)) {
      for (int i = 0; i < 3000; i++) {
        Kept.spend(store, "caller-" + i % 10, "id-" + i, 1);
        if (i % 50 == 0) {
          largest = Math.max(largest, bytes(data));
        }
      }
    }
    try (Store store = Kept.open(data)) {
      for (int i = 0; i < 10; i++) {
        assertThat(Kept.posted(store, "caller-" + i)).isEqualTo(300);
        assertThat(store.rows("caller-" + i)).hasSize(50).startsWith("row id-" + (2990 + i));
      }
    }
    System.out.println("3000 settlements of 10 callers: log at most " + largest / 1024 + " KiB");
    assertThat(largest).isLessThan(150_000);
  }

  /** Files may go while they are looked at: they have no length then. */
  private static long bytes(Path data) {
    long bytes = 0;
    for (File file : data.toFile().listFiles()) {
      bytes += file.length();
    }
    return bytes;
  }

  @Test
  void largeRollupIsWrittenAnewPageByPage() throws Exception {
    Path data = temp.resolve("data");
    int pages = 30;
    try (Store store = Kept.open(data)) {
      for (int page = 0; page < pages; page++) {
        store.rollups().add(addition(page));
        Kept.spend(store, "caller", "id-" + page, 1);
      }
    }
    try (Store store = Kept.open(data)) {
      store.rollups().add(addition(pages - 1));
      for (int page = 0; page < pages; page++) {
        assertThat(store.rollups().find("rollup", List.of("row-" + page + "-999")))
            .singleElement()
            .satisfies(row -> assertThat(row.values()).containsExactly(1L));
      }
      assertThat(Kept.posted(store, "caller")).isEqualTo(pages);
    }
  }

  private static Rollups.Addition addition(int page) {
    List<Rollups.Row> rows = new ArrayList<>();
    for (int i = 0; i < Rollups.MAX_PAGE; i++) {
      rows.add(new Rollups.Row("row-" + page + "-" + i, List.of(1L)));
    }
    return new Rollups.Addition("rollup", TimeUnit.DAYS.toMicros(1), "writer", page + 1, rows);
  }
}
