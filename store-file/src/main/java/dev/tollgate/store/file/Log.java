package dev.tollgate.store.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All that was written, as the segments of a directory: what is written later goes before what was
 * written earlier. All but the last one are on the disk. Not thread-safe.
 */
final class Log implements AutoCloseable {

  /** The form of segments and frames, and of the images in them. */
  static final int VERSION = 2;

  private final DataDirectory directory;
  private final LogSettings settings;
  private final List<Path> older;
  private long olderBytes;
  private Segment current;
  private long nextSequence;

  /** A log of segments that were read. */
  Log(
      DataDirectory directory,
      LogSettings settings,
      List<Path> older,
      long olderBytes,
      Segment current,
      long nextSequence) {
    this.directory = directory;
    this.settings = settings;
    this.older = new ArrayList<>(older);
    this.olderBytes = olderBytes;
    this.current = current;
    this.nextSequence = nextSequence;
  }

  /** The log of an empty directory. */
  static Log create(DataDirectory directory, LogSettings settings) throws IOException {
    return new Log(directory, settings, List.of(), 0, create(directory, settings, 1, 1), 1);
  }

  /**
   * Appends a frame.
   *
   * @throws IOException when it was not written whole; it is to be written again before any other
   */
  void append(byte[] payload, int length) throws IOException {
    current.append(nextSequence, payload, length);
    nextSequence++;
  }

  void force() throws IOException {
    current.force();
  }

  boolean isForced() {
    return current.isForced();
  }

  /**
   * Begins another segment. What is in the current one must have been forced, or else be written
   * again to the new one before {@link #dropOlder}.
   */
  void rotate() throws IOException {
    long number = current.head().number() + 1;
    Segment next = create(directory, settings, number, nextSequence);
    current.close();
    older.add(current.path());
    olderBytes += current.bytes();
    current = next;
  }

  /** Leaves nothing behind when it fails. */
  private static Segment create(
      DataDirectory directory, LogSettings settings, long number, long firstSequence)
      throws IOException {
    Path path = directory.segment(number);
    long salt = settings.salts().getAsLong();
    SegmentHead head = new SegmentHead(VERSION, number, firstSequence, salt);
    try {
      Segment created = Segment.create(settings.channels(), path, head);
      directory.force();
      return created;
    } catch (IOException failure) {
      Files.deleteIfExists(path);
      throw failure;
    }
  }

  /** Deletes all segments but the current one, which tells everything. */
  void dropOlder() throws IOException {
    while (!older.isEmpty()) {
      Files.deleteIfExists(older.get(0));
      older.remove(0);
    }
    olderBytes = 0;
    directory.force();
  }

  /** Up to this it is not worth making smaller. */
  long smallBytes() {
    return settings.smallBytes();
  }

  long bytes() {
    return olderBytes + current.bytes();
  }

  long usableBytes() throws IOException {
    return directory.usableBytes();
  }

  Path path() {
    return directory.path();
  }

  /** Frees the directory for others. */
  @Override
  public void close() throws IOException {
    try (directory) {
      current.close();
    }
  }
}
