package dev.tollgate.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.store.Expiry;
import dev.tollgate.store.Store;
import dev.tollgate.store.UnusableStoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of files that a crash, a power failure or a bad disk has left behind. */
class RecoveryTest {

  /** Of logs that only grow. */
  private static final LogSettings LARGE =
      new LogSettings(Kept.UNFORCED.channels(), Kept.SMALL.salts(), Long.MAX_VALUE);

  @TempDir Path temp;

  @Test
  void tornTailIsDroppedAtEveryByteOfTheLastWrites() throws Exception {
    Path data = temp.resolve("data");
    List<Long> sizes = new ArrayList<>();
    try (Store store = Kept.open(data, LARGE)) {
      for (int i = 0; i < 30; i++) {
        Kept.spend(store, "caller", "id-" + i, 1);
        sizes.add(Kept.bytes(data));
      }
      Kept.copy(data, temp.resolve("killed"));
    }
    Path whole = Kept.segments(temp.resolve("killed")).get(0);
    long end = sizes.get(29);
    long first = sizes.get(28) - 20;
    for (long cut = first; cut <= end; cut++) {
      long kept = cut;
      long acknowledged = sizes.stream().filter(size -> size <= kept).count();
      assertThat(postedAfterCut(whole, cut)).as("cut at %d", cut).isEqualTo(acknowledged);
    }
    System.out.println(
        "torn tails: cut at " + (end - first + 1) + " bytes, nothing before the cut was lost");
  }

  private long postedAfterCut(Path segment, long cut) throws Exception {
    Path directory = Files.createDirectories(temp.resolve("torn"));
    Path torn = directory.resolve(segment.getFileName());
    Files.copy(segment, torn);
    try (RandomAccessFile file = new RandomAccessFile(torn.toFile(), "rw")) {
      file.setLength(cut);
    }
    try (Store store = Kept.open(directory, Kept.UNFORCED)) {
      return Kept.posted(store, "caller");
    } finally {
      Kept.delete(directory);
    }
  }

  @Test
  void flippedBitsAreRefusedOrHarmlessButNeverCounted() throws Exception {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    Path closed = temp.resolve("data");
    try (Store store = Kept.open(closed, Kept.UNFORCED)) {
      for (int i = 0; i < 400; i++) {
        Kept.spend(store, "caller-" + i % 20, "id-" + i, 1);
      }
    }
    int refused = 0;
    int flips = 150;
    for (int i = 0; i < flips; i++) {
      Path directory = Kept.copy(closed, temp.resolve("flipped-" + i));
      List<Path> segments = Kept.segments(directory);
      flip(segments.get(random.nextInt(segments.size())), random);
      try (Store store = Kept.open(directory, Kept.UNFORCED)) {
        for (int caller = 0; caller < 20; caller++) {
          assertThat(Kept.posted(store, "caller-" + caller)).as("seed %d", seed).isEqualTo(20);
        }
      } catch (UnusableStoreException damaged) {
        refused++;
        assertThat(damaged.getMessage()).contains(directory.toString(), "cannot be used");
        assertThat(damaged.remedy()).contains("backup");
      }
    }
    System.out.printf(
        "flipped bits: seed %d, %d flips: %d refused, %d harmless, 0 wrong numbers%n",
        seed, flips, refused, flips - refused);
    assertThat(refused).isGreaterThan(flips * 9 / 10);
  }

  private static void flip(Path file, Random random) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long at = random.nextLong(bytes.length());
      bytes.seek(at);
      int before = bytes.read();
      bytes.seek(at);
      bytes.write(before ^ 1 << random.nextInt(8));
    }
  }

  @Test
  void flippedBitInWhatAKilledProcessLeftIsRefusedOrATornTail() throws Exception {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    Path data = temp.resolve("data");
    Path killed = temp.resolve("killed");
    try (Store store = Kept.open(data, LARGE)) {
      for (int i = 0; i < 50; i++) {
        Kept.spend(store, "caller", "id-" + i, 1);
        if (i == 24) {
          Kept.hold(store, "provider", "lease", 1, Expiry.CHARGED);
        }
      }
      Kept.copy(data, killed);
    }
    int refused = 0;
    for (int i = 0; i < 40; i++) {
      Path directory = Kept.copy(killed, temp.resolve("flipped-" + i));
      flip(Kept.segments(directory).get(0), random);
      try (Store store = Kept.open(directory, Kept.UNFORCED)) {
        assertThat(Kept.posted(store, "caller"))
            .as("seed %d: what was forced with the lease is there", seed)
            .isBetween(25L, 50L);
      } catch (UnusableStoreException damaged) {
        refused++;
      }
    }
    System.out.printf("flipped bits after kill: seed %d, %d of 40 refused%n", seed, refused);
    assertThat(refused).isPositive();
  }

  @Test
  void foreignAndNewerFilesAreRefusedWithARemedy() throws Exception {
    Path data = temp.resolve("data");
    try (Store store = Kept.open(data)) {
      for (int i = 0; i < 200; i++) {
        Kept.spend(store, "caller", "id-" + i, 1);
      }
    }
    Path newer = Kept.copy(data, temp.resolve("newer"));
    write(Kept.segments(newer).get(0), 0, new SegmentHead(7, 2, 100, 5).encode().array());
    assertRefused(newer, "has version 7, and this Tollgate reads 2", "use the Tollgate that wrote");

    Path foreign = Kept.copy(data, temp.resolve("foreign"));
    write(Kept.segments(foreign).get(0), 0, new byte[8]);
    assertRefused(foreign, "was not written by Tollgate", "backup");

    Path renamed = Kept.copy(data, temp.resolve("renamed"));
    Files.move(Kept.segments(renamed).get(0), renamed.resolve("00099999.log"));
    assertRefused(renamed, "it was number", "backup");
  }

  @Test
  void fileThatOthersNeedMustNotBeMissing() throws Exception {
    Path data = temp.resolve("data");
    try (Store store = Kept.open(data, LARGE)) {
      Kept.spend(store, "caller", "id", 1);
    }
    Path second = data.resolve("00000002.log");
    byte[] head = new SegmentHead(Log.VERSION, 2, 1000, 5).encode().array();
    Files.write(second, head);
    try (Store store = Kept.open(data, LARGE)) {
      assertThat(Kept.posted(store, "caller")).as("a file without frames is not used").isOne();
    }
    byte[] frame = Frame.encode(5, 1000, 0, new byte[0], 0).array();
    Files.write(
        second, ByteBuffer.allocate(head.length + frame.length).put(head).put(frame).array());
    assertRefused(data, "frames before it are missing or damaged", "backup");
    Files.delete(data.resolve("00000001.log"));
    assertRefused(data, "the files before it are missing", "backup");
  }

  private static void write(Path file, long at, byte[] bytes) throws IOException {
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
      opened.seek(at);
      opened.write(bytes);
    }
  }

  private static void assertRefused(Path directory, String message, String remedy) {
    assertThatExceptionOfType(UnusableStoreException.class)
        .isThrownBy(() -> Kept.open(directory, Kept.UNFORCED).close())
        .satisfies(
            refused -> {
              assertThat(refused).hasMessageContaining(directory.toString());
              assertThat(refused).hasMessageContaining(message);
              assertThat(refused.remedy()).contains(remedy);
            });
  }

  @Test
  void openHoldsAndLeasesSurvive() throws Exception {
    Path data = temp.resolve("data");
    try (Store store = Kept.open(data)) {
      Kept.hold(store, "caller", "call", 3, Expiry.RELEASED);
      Kept.hold(store, "provider", "lease", 5, Expiry.CHARGED);
      try (Store recovered = Kept.open(Kept.copy(data, temp.resolve("killed")))) {
        assertThat(Kept.held(recovered, "provider")).as("a lease is written at once").isEqualTo(5);
      }
    }
    try (Store store = Kept.open(data)) {
      assertThat(Kept.held(store, "caller")).isEqualTo(3);
      assertThat(Kept.held(store, "provider")).isEqualTo(5);
    }
  }

  @Test
  void hundredThousandAccountsAreBackInTwoSeconds() throws Exception {
    Path data = temp.resolve("data");
    int accounts = 100_000;
    try (Store store = Kept.open(data, LARGE)) {
      for (int i = 0; i < accounts; i++) {
        Kept.hold(store, "caller-" + i, "call-" + i, 1, Expiry.RELEASED);
      }
    }
    ThreadMXBean processor = ManagementFactory.getThreadMXBean();
    long start = processor.getCurrentThreadCpuTime();
    try (Store store = Kept.open(data, LARGE)) {
      long nanos = processor.getCurrentThreadCpuTime() - start;
      assertThat(Kept.held(store, "caller-" + (accounts - 1))).isOne();
      System.out.printf(
          "recovery of %d accounts, %d KiB: %d ms of processor time%n",
          accounts, Kept.bytes(data) / 1024, nanos / 1_000_000);
      assertThat(nanos).isLessThan(2_000_000_000L);
    }
  }
}
