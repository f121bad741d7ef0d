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

  Recovery(DataDirectory directory, MemoryStore store) {
    this.directory = directory;
    this.store = store;
  }

  /**
   * @return the log, to be continued
   * @throws UnusableStoreException when a segment is damaged, missing, or of another version
   */
  Log run(LogSettings settings) throws IOException {
    NavigableMap<Long, Path> segments = directory.segments();
    dropUnused(segments);
    if (segments.isEmpty()) {
      return Log.create(directory, settings);
    }
    isWhole = segments.firstKey() == 1;
    Map.Entry<Long, Path> last = segments.pollLastEntry();
    long number = segments.isEmpty() ? last.getKey() : segments.firstKey();
    for (Map.Entry<Long, Path> segment : segments.entrySet()) {
      require(segment.getKey() == number++, segment.getValue(), "the file before it is missing");
      readOlder(segment.getValue(), segment.getKey());
    }
    require(last.getKey() == number, last.getValue(), "the file before it is missing");
    Segment current = readLast(settings.channels(), last.getValue(), number);
    require(isWhole, last.getValue(), "the files before it are missing");
    return new Log(directory, settings, older, olderBytes, current, nextSequence);
  }

  /** What the log had when everything was told last; 0 if it never was. */
  long wholeBytes() {
    return wholeBytes;
  }

  /** A last segment that nothing was written to yet was made just before a crash. */
  private void dropUnused(NavigableMap<Long, Path> segments) throws IOException {
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
