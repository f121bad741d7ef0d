package dev.tollgate.store.file;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The beginning of a segment.
 *
 * @param version the form of what follows
 * @param number the segment's number
 * @param firstSequence the number of its first frame
 * @param salt random: what callers choose must not look like a frame
 */
record SegmentHead(int version, long number, long firstSequence, long salt) {

  /** "TOLLGATE" in ASCII. */
  static final long MAGIC = 0x544f_4c4c_4741_5445L;

  static final int BYTES = 8 + 4 + 8 + 8 + 8 + 4;
  private static final int CHECKED = BYTES - 4;

  ByteBuffer encode() {
    ByteBuffer head = ByteBuffer.allocate(BYTES);
    head.putLong(MAGIC).putInt(version).putLong(number).putLong(firstSequence).putLong(salt);
    return head.putInt(checksum(head)).flip();
  }

  /** Reads a head of {@link #BYTES} bytes. */
  static SegmentHead decode(ByteBuffer head) {
    return new SegmentHead(head.getInt(8), head.getLong(12), head.getLong(20), head.getLong(28));
  }

  static boolean isTollgates(ByteBuffer head) {
    return head.getLong(0) == MAGIC;
  }

  static boolean isWhole(ByteBuffer head) {
    return head.getInt(CHECKED) == checksum(head);
  }

  private static int checksum(ByteBuffer head) {
    CRC32C checksum = new CRC32C();
    checksum.update(head.duplicate().position(0).limit(CHECKED));
    return (int) checksum.getValue();
  }
}
