package dev.tollgate.store.file;

import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Stores in directories, and what the tests count in them: one quota without an end. */
final class Kept {

  /** Of logs that are made smaller again and again. */
  static final LogSettings SMALL =
      new LogSettings(FileChannel::open, new Random()::nextLong, 20_000);

  /** The same, where what a power failure would leave does not matter: forcing takes its time. */
  static final LogSettings UNFORCED =
      new LogSettings(new FaultyDisk(new Random()), SMALL.salts(), SMALL.smallBytes());

  static final Quota QUOTA =
      new Quota(Window.ALL, Store.MAX_AMOUNT, Store.MAX_AMOUNT, Store.MAX_AMOUNT, List.of());

  private static final long HOLD_MICROS = 3_600_000_000L;

  private enum Window implements Calendar {
    ALL;

    @Override
    public Span at(long micros) {
      return new Span(0, Long.MAX_VALUE);
    }
  }

  private Kept() {}

  static Store open(Path path) {
    return open(path, SMALL);
  }

  static Store open(Path path, LogSettings settings) {
    return FileStore.open(path, 1_000_000, InstantSource.system(), settings);
  }

  static Hold hold(Store store, String account, String id, long amount, Expiry expiry)
      throws StoreException {
    List<Charge> charges = List.of(Charge.of("cost", QUOTA, amount));
    return store
        .reserve(new Request(account, id, charges, HOLD_MICROS, expiry, ""))
        .admitted()
        .orElseThrow();
  }

  /** Reserves, and settles to the same amount. */
  static void spend(Store store, String account, String id, long amount) throws StoreException {
    Hold hold = hold(store, account, id, amount, Expiry.RELEASED);
    store.settle(hold, List.of(amount), "row " + id);
  }

  static long posted(Store store, String account) throws StoreException {
    return store.read(account, List.of(Charge.of("cost", QUOTA, 0))).balances().get(0).posted();
  }

  static long held(Store store, String account) throws StoreException {
    return store.read(account, List.of(Charge.of("cost", QUOTA, 0))).balances().get(0).held();
  }

  /** What the directory has now, as a killed process would leave it. */
  static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (Path segment : segments(from)) {
      Files.copy(segment, to.resolve(segment.getFileName()));
    }
    return to;
  }

  /** The segments, the oldest first. */
  static List<Path> segments(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  /** The number of the last frame of a closed store. */
  static long frames(Path directory) throws IOException {
    List<Path> segments = segments(directory);
    try (SegmentReader reader = new SegmentReader(segments.get(segments.size() - 1))) {
      SegmentHead head = SegmentHead.decode(reader.head());
      long last = head.firstSequence() - 1;
      long position = SegmentHead.BYTES;
      Optional<Frame> frame = reader.frame(head.salt(), position);
      while (frame.isPresent()) {
        last = frame.get().sequence();
        position += Frame.HEAD_BYTES + frame.get().payload().length;
        frame = reader.frame(head.salt(), position);
      }
      return last;
    }
  }

  static long bytes(Path directory) throws IOException {
    long bytes = 0;
    for (Path segment : segments(directory)) {
      bytes += Files.size(segment);
    }
    return bytes;
  }

  static void delete(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
