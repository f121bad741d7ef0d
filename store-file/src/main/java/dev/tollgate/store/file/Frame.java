package dev.tollgate.store.file;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What is written at once: it is whole or it does not count.
 *
 * @param sequence numbers the frames of a directory, from 1
 * @param forcedBytes how much of its segment had been forced to the disk when it was written
 * @param payload the changes
 */
record Frame(long sequence, long forcedBytes, byte[] payload) {

  /** Marker, checksum, length, sequence, forced bytes. */
  static final int HEAD_BYTES = 4 + 4 + 4 + 8 + 8;

  private static final int CHECKED_FROM = 8;

  /** Where a frame of a segment may begin; nobody who does not know the salt can write one. */
  static int marker(long salt) {
    return Long.hashCode(salt);
  }

  /** The whole frame, ready to be written. */
  static ByteBuffer encode(long salt, long sequence, long forcedBytes, byte[] payload, int length) {
    ByteBuffer frame = ByteBuffer.allocate(HEAD_BYTES + length);
    frame.putInt(marker(salt)).putInt(0).putInt(length).putLong(sequence).putLong(forcedBytes);
    frame.put(payload, 0, length).flip();
    return frame.putInt(4, checksum(salt, frame));
  }

  /** Reads a whole frame; empty if it is not what was written. */
  static Optional<Frame> decode(long salt, ByteBuffer frame) {
    if (frame.getInt(0) != marker(salt) || frame.getInt(4) != checksum(salt, frame)) {
      return Optional.empty();
    }
    frame.position(CHECKED_FROM);
    byte[] payload = new byte[frame.getInt()];
    long sequence = frame.getLong();
    long forcedBytes = frame.getLong();
    frame.get(payload);
    return Optional.of(new Frame(sequence, forcedBytes, payload));
  }

  private static int checksum(long salt, ByteBuffer frame) {
    CRC32C checksum = new CRC32C();
    checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(salt).flip());
    checksum.update(frame.duplicate().position(CHECKED_FROM));
    return (int) checksum.getValue();
  }
}
