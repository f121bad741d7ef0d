package dev.tollgate.providers;

import java.io.ByteArrayOutputStream;

/** A buffer that grows up to a bound. Not thread-safe. */
final class Bytes extends ByteArrayOutputStream {

  private final int bound;

  Bytes(int bound) {
    super(512);
    this.bound = bound;
  }

  static Bytes of(byte[] bytes, int offset, int length) {
    Bytes copy = new Bytes(length);
    copy.write(bytes, offset, length);
    return copy;
  }

  boolean hasRoomFor(int length) {
    return length <= bound - count;
  }

  byte[] array() {
    return buf;
  }

  byte at(int index) {
    return buf[index];
  }
}
