package dev.tollgate.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Reads the frames of a segment that is not written to. Not thread-safe. */
final class SegmentReader implements AutoCloseable {

  private static final int SEARCHED_BYTES = 1 << 16;

  private final FileChannel channel;
  private final long bytes;

  SegmentReader(Path path) throws IOException {
    channel = FileChannel.open(path, StandardOpenOption.READ);
    bytes = channel.size();
  }

  long bytes() {
    return bytes;
  }

  /** The head, which may be damaged, of a segment that is long enough for one. */
  ByteBuffer head() throws IOException {
    return read(0, SegmentHead.BYTES);
  }

  /** The frame that begins at a position; empty if none begins there, or not a whole one. */
  Optional<Frame> frame(long salt, long position) throws IOException {
    if (bytes - position < Frame.HEAD_BYTES) {
      return Optional.empty();
    }
    ByteBuffer head = read(position, Frame.HEAD_BYTES);
    int length = head.getInt(8);
    if (head.getInt(0) != Frame.marker(salt)
        || length < 0
        || length > bytes - position - Frame.HEAD_BYTES) {
      return Optional.empty();
    }
    return Frame.decode(salt, read(position, Frame.HEAD_BYTES + length));
  }

  /** How much had been forced when the last frame was written that begins after a position. */
  long forcedBytesAfter(long salt, long position) throws IOException {
    long forced = 0;
    long from = position + 1;
    while (from + Frame.HEAD_BYTES <= bytes) {
      ByteBuffer searched = read(from, (int) Math.min(SEARCHED_BYTES, bytes - from));
      for (int i = 0; i + Integer.BYTES <= searched.limit(); i++) {
        if (searched.getInt(i) == Frame.marker(salt)) {
          forced = Math.max(forced, frame(salt, from + i).map(Frame::forcedBytes).orElse(0L));
        }
      }
      from += searched.limit() - Integer.BYTES + 1;
    }
    return forced;
  }

  private ByteBuffer read(long position, int length) throws IOException {
    ByteBuffer read = ByteBuffer.allocate(length);
    while (read.hasRemaining()) {
      if (channel.read(read, position + read.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return read.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
