package dev.tollgate.store.file;

import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Part;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** The images that the next frame will have. Not thread-safe. */
final class FrameBuffer {

  /** A frame is written as soon as it has so many bytes. */
  private static final int FULL = 1 << 20;

  /** Says, where an image's kind would be, that everything is told since the segment began. */
  private static final int WHOLE = -1;

  /** Lets its bytes be used without copying them. */
  private static final class Bytes extends ByteArrayOutputStream {
    byte[] array() {
      return buf;
    }
  }

  private Bytes bytes = new Bytes();
  private DataOutputStream out = new DataOutputStream(bytes);

  /** Adds a part's changes; returns whether nothing is left of what the part has to tell. */
  boolean add(MemoryStore store, Part part) throws IOException {
    out.writeByte(part.kind().ordinal());
    out.writeUTF(part.name());
    return store.writeImage(part, out);
  }

  void addWhole() throws IOException {
    out.writeByte(WHOLE);
  }

  boolean isFull() {
    return bytes.size() >= FULL;
  }

  /** Writes a frame. After a failure the buffer is as it was, and can grow before it is written. */
  void writeTo(Log log) throws IOException {
    if (bytes.size() == 0) {
      return;
    }
    log.append(bytes.array(), bytes.size());
    if (bytes.size() > 2 * FULL) {
      bytes = new Bytes();
      out = new DataOutputStream(bytes);
    } else {
      bytes.reset();
    }
  }

  /**
   * Reads a frame into a store.
   *
   * @return whether everything is told since the segment began
   * @throws IOException when an image ends too soon
   * @throws IllegalArgumentException when it is no image
   */
  static boolean read(byte[] payload, MemoryStore store) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
    boolean whole = false;
    while (in.available() > 0) {
      int kind = in.readByte();
      if (kind == WHOLE) {
        whole = true;
      } else if (kind < 0 || kind >= Part.Kind.values().length) {
        throw new IllegalArgumentException("no part is of kind " + kind);
      } else {
        store.readImage(new Part(Part.Kind.values()[kind], in.readUTF()), in);
      }
    }
    return whole;
  }
}
