package dev.tollgate.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that frames are appended to. What could not be written whole is written over: the file
 * ends where its last whole frame does, whatever a failed write has left behind it. Not
 * thread-safe.
 */
final class Segment implements AutoCloseable {

  private final Channels channels;
  private final Path path;
  private final SegmentHead head;
  private FileChannel channel;
  private long bytes;
  private long forcedBytes;

  private Segment(Channels channels, Path path, SegmentHead head, FileChannel channel, long bytes) {
    this.channels = channels;
    this.path = path;
    this.head = head;
    this.channel = channel;
    this.bytes = bytes;
  }

  /** Makes a segment, or makes one anew that never was used. */
  static Segment create(Channels channels, Path path, SegmentHead head) throws IOException {
    FileChannel channel =
        channels.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    Segment segment = new Segment(channels, path, head, channel, 0);
    try {
      segment.append(head.encode());
      segment.force();
      return segment;
    } catch (IOException failure) {
      channel.close();
      throw failure;
    }
  }

  /** Opens a segment to be continued after its whole frames. */
  static Segment reopen(Channels channels, Path path, SegmentHead head, long bytes)
      throws IOException {
    FileChannel channel = channels.open(path, StandardOpenOption.WRITE);
    Segment segment = new Segment(channels, path, head, channel, bytes);
    try {
      channel.truncate(bytes);
      segment.force();
      return segment;
    } catch (IOException failure) {
      channel.close();
      throw failure;
    }
  }

  /**
   * Appends a frame.
   *
   * @throws IOException when it was not written whole; it is to be written again, at the same place
   */
  void append(long sequence, byte[] payload, int length) throws IOException {
    append(Frame.encode(head.salt(), sequence, forcedBytes, payload, length));
  }

  private void append(ByteBuffer whole) throws IOException {
    if (!channel.isOpen()) {
      channel = channels.open(path, StandardOpenOption.WRITE);
    }
    long at = bytes;
    while (whole.hasRemaining()) {
      at += channel.write(whole, at);
    }
    bytes = at;
  }

  /** Brings all that was appended to the disk. */
  void force() throws IOException {
    if (forcedBytes < bytes) {
      channel.force(false);
      forcedBytes = bytes;
    }
  }

  boolean isForced() {
    return forcedBytes == bytes;
  }

  SegmentHead head() {
    return head;
  }

  Path path() {
    return path;
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
