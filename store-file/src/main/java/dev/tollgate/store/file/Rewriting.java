package dev.tollgate.store.file;

import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Part;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Tells everything anew, little by little and between the changes that go on, so that older
 * segments can go. Not thread-safe.
 */
final class Rewriting {

  private final MemoryStore store;
  private final Queue<Part> left;
  private boolean begun;

  Rewriting(MemoryStore store) {
    this.store = store;
    this.left = new ArrayDeque<>(store.parts());
  }

  /**
   * Adds the next parts to a frame.
   *
   * @param count how many, if the frame does not become full first
   * @return whether everything is told
   */
  boolean goOn(FrameBuffer frame, int count) throws IOException {
    for (int i = 0; i < count && !left.isEmpty() && !frame.isFull(); i++) {
      Part part = left.element();
      if (!begun) {
        store.markWhole(part);
      }
      begun = !frame.add(store, part);
      if (!begun) {
        left.remove();
      }
    }
    return left.isEmpty();
  }
}
