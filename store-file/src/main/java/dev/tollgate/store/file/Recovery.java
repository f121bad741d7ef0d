package dev.tollgate.store.file;

import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.UnusableStoreException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads a directory into a store. Frames are numbered, so none is missed. A frame that is damaged
 * is the torn end of a write, and dropped, unless something was written after it was safe on the
 * disk: then the file is damaged, and nothing is guessed. Not thread-safe.
 */
final class Recovery {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final String RESTORE =
      "restore the directory from a backup, or move it away to count anew from nothing";

  private final DataDirectory directory;
  private final MemoryStore store;
  private final List<Path> older = new ArrayList<>();
  private long olderBytes;
  private long nextSequence;
  private long wholeBytes;
  private boolean isWhole;

  private Recovery(DataDirectory directory, MemoryStore store) {
    this.directory = directory;
    this.store = store;
  }

  /**
   * Reads all segments. If those before the last one cannot be used but the last one tells
   * everything, it alone is read: a disk that did not force them has had them replaced.
   *
   * @param stores makes empty ones
   * @throws UnusableStoreException when a segment that is needed is damaged, missing, or of another
   *     version
   */
  static Recovered run(DataDirectory directory, Supplier<MemoryStore> stores, LogSettings settings)
      throws IOException {
    NavigableMap<Long, Path> segments = directory.segments();
    dropUnused(segments);
    if (segments.isEmpty()) {
      return new Recovered(stores.get(), Log.create(directory, settings), 0);
    }
    try {
      return new Recovery(directory, stores.get()).read(segments, settings);
    } catch (UnusableStoreException damaged) {
      return readLastAlone(directory, stores.get(), segments, settings).orElseThrow(() -> damaged);
    }
  }

  private static Optional<Recovered> readLastAlone(
      DataDirectory directory,
      MemoryStore store,
      NavigableMap<Long, Path> segments,
      LogSettings settings)
      throws IOException {
    NavigableMap<Long, Path> before = segments.headMap(segments.lastKey(), false);
    if (before.isEmpty()) {
      return Optional.empty();
    }
    Recovered recovered;
    try {
      NavigableMap<Long, Path> last = segments.tailMap(segments.lastKey(), true);
      recovered = new Recovery(directory, store).read(last, settings);
    } catch (UnusableStoreException neededToo) {
      return Optional.empty();
    }
    LOGGER.log(
        Level.WARNING,
        "{0} cannot be used, and is deleted: {1} tells everything",
        before.values(),
        segments.lastEntry().getValue());
    for (Path replaced : before.values()) {
      Files.delete(replaced);
    }
    return Optional.of(recovered);
  }

  private Recovered read(NavigableMap<Long, Path> segments, LogSettings settings)
      throws IOException {
    isWhole = segments.firstKey() == 1;
    long number = segments.firstKey();
    for (Map.Entry<Long, Path> segment : segments.headMap(segments.lastKey(), false).entrySet()) {
      require(segment.getKey() == number++, segment.getValue(), "the file before it is missing");
      readOlder(segment.getValue(), segment.getKey());
    }
    Path last = segments.lastEntry().getValue();
    require(segments.lastKey() == number, last, "the file before it is missing");
    Segment current = readLast(settings.channels(), last, number);
    return new Recovered(
        store, new Log(directory, settings, older, olderBytes, current, nextSequence), wholeBytes);
  }

  /** A last segment that nothing was written to yet was made just before a crash. */
  private static void dropUnused(NavigableMap<Long, Path> segments) throws IOException {
    Optional<Map.Entry<Long, Path>> last = Optional.ofNullable(segments.lastEntry());
    if (last.isPresent() && Files.size(last.get().getValue()) <= SegmentHead.BYTES) {
      Files.delete(last.get().getValue());
      segments.remove(last.get().getKey());
    }
  }

  private void readOlder(Path path, long number) throws IOException {
    try (SegmentReader reader = new SegmentReader(path)) {
      SegmentHead head = head(reader, path, number);
      readFrames(reader, head, path);
      older.add(path);
      olderBytes += reader.bytes();
    }
  }

  private Segment readLast(Channels channels, Path path, long number) throws IOException {
    try (SegmentReader reader = new SegmentReader(path)) {
      SegmentHead head = head(reader, path, number);
      long end = readFrames(reader, head, path);
      if (end < reader.bytes()) {
        dropTail(reader, head, path, end);
      }
      require(isWhole, path, "the files before it are missing");
      return Segment.reopen(channels, path, head, end);
    }
  }

  private void dropTail(SegmentReader reader, SegmentHead head, Path path, long end)
      throws IOException {
    require(
        reader.forcedBytesAfter(head.salt(), end) <= end,
        path,
        "it is damaged at byte " + end + ", and what was written later is not");
    LOGGER.log(
        Level.WARNING,
        "{0} ended in the middle of a write: its last {1} bytes, which were not acknowledged, are"
            + " dropped",
        path,
        reader.bytes() - end);
  }

  private SegmentHead head(SegmentReader reader, Path path, long number) throws IOException {
    require(reader.bytes() >= SegmentHead.BYTES, path, "it is too short");
    ByteBuffer bytes = reader.head();
    require(SegmentHead.isTollgates(bytes), path, "it was not written by Tollgate");
    require(SegmentHead.isWhole(bytes), path, "its head is damaged");
    SegmentHead head = SegmentHead.decode(bytes);
    if (head.version() != Log.VERSION) {
      throw new UnusableStoreException(
          path + " has version " + head.version() + ", and this Tollgate reads " + Log.VERSION,
          "use the Tollgate that wrote it, or move the directory away to count anew from nothing");
    }
    require(head.number() == number, path, "it was number " + head.number());
    require(
        nextSequence == 0 || head.firstSequence() == nextSequence,
        path,
        "frames before it are missing or damaged");
    nextSequence = head.firstSequence();
    return head;
  }

  /** Reads frames up to the first that is not whole, and returns where that would begin. */
  private long readFrames(SegmentReader reader, SegmentHead head, Path path) throws IOException {
    long position = SegmentHead.BYTES;
    Optional<Frame> frame = reader.frame(head.salt(), position);
    while (frame.isPresent() && frame.get().sequence() == nextSequence) {
      position += Frame.HEAD_BYTES + frame.get().payload().length;
      read(frame.get(), path, position);
      nextSequence++;
      frame = reader.frame(head.salt(), position);
    }
    return position;
  }

  private void read(Frame frame, Path path, long end) throws IOException {
    try {
      if (FrameBuffer.read(frame.payload(), store)) {
        isWhole = true;
        wholeBytes = end;
      }
    } catch (IOException | IllegalArgumentException strange) {
      throw new UnusableStoreException(
          path + " cannot be understood before byte " + end, RESTORE, strange);
    }
  }

  private static void require(boolean condition, Path path, String otherwise) {
    if (!condition) {
      throw new UnusableStoreException(path + " cannot be used: " + otherwise, RESTORE);
    }
  }
}
