package dev.tollgate.store.file;

import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Part;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Brings the changes of a store into its log, forces it once a second, and makes it smaller. What
 * could not be written is written first the next time. Not thread-safe.
 */
final class LogWriter implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final long FORCE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long IDLE_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long MIB = 1 << 20;

  /** How many parts a frame rewrites beside the changes: some tens of kilobytes. */
  private static final int REWRITTEN_PARTS = 100;

  private final MemoryStore store;
  private final Log log;
  private final Queue<Part> unwritten = new ArrayDeque<>();
  private final FrameBuffer frame = new FrameBuffer();
  private Optional<Rewriting> rewriting = Optional.empty();
  private long rewriteAtBytes;
  private long unforcedSinceNanos;

  /** What was written since the last force may not be on the disk, whatever later forces say. */
  private boolean distrusted;

  /** Nothing counts as written before everything is written again. */
  private boolean startingOver;

  /**
   * @param wholeBytes what the log had when it last told everything, and nothing twice
   */
  LogWriter(MemoryStore store, Log log, long wholeBytes) {
    this.store = store;
    this.log = log;
    this.rewriteAtBytes = rewriteAt(wholeBytes);
  }

  private long rewriteAt(long wholeBytes) {
    return Math.max(log.smallBytes(), 2 * wholeBytes);
  }

  /** How long it can wait until it has something to do besides changes. */
  long idleNanos() {
    return rewriting.isPresent() ? 0 : nanosUntilForce();
  }

  private long nanosUntilForce() {
    return log.isForced()
        ? IDLE_NANOS
        : Math.max(0, unforcedSinceNanos + FORCE_NANOS - System.nanoTime());
  }

  /**
   * Writes changes, and goes on with what else there is to do.
   *
   * @param forced whether they must be on the disk afterwards
   * @throws IOException when they are not all written: nothing may be acknowledged then
   */
  void write(List<Part> changed, boolean forced) throws IOException {
    unwritten.addAll(changed);
    if (distrusted) {
      startOver();
    }
    writeChanges();
    rewrite();
    if (forced || nanosUntilForce() == 0) {
      force();
    }
  }

  /** Ends the log with a frame that says that all before it is on the disk. */
  void seal() throws IOException {
    log.append(new byte[0], 0);
    log.force();
  }

  private void writeChanges() throws IOException {
    while (!unwritten.isEmpty()) {
      frame.add(store, unwritten.element());
      unwritten.remove();
      if (frame.isFull()) {
        writeFrame();
      }
    }
    if (rewriting.isEmpty()) {
      writeFrame();
    }
  }

  private void writeFrame() throws IOException {
    if (log.isForced()) {
      unforcedSinceNanos = System.nanoTime();
    }
    frame.writeTo(log);
  }

  private void force() throws IOException {
    try {
      log.force();
    } catch (IOException notForced) {
      distrusted = true;
      throw notForced;
    }
  }

  /** Tells everything in another segment: what the disk has of this one is not known any more. */
  private void startOver() throws IOException {
    log.rotate();
    rewriting = Optional.of(new Rewriting(store));
    startingOver = true;
    distrusted = false;
  }

  /** Goes on rewriting, if it is time to; to the end if nothing can be trusted before. */
  private void rewrite() throws IOException {
    if (rewriting.isEmpty() && log.bytes() > rewriteAtBytes) {
      beginRewriting();
    }
    while (rewriting.isPresent()) {
      if (rewriting.get().goOn(frame, REWRITTEN_PARTS)) {
        finishRewriting();
      } else {
        writeFrame();
        if (!startingOver) {
          return;
        }
      }
    }
  }

  /** The log is as good as before if there is no room: it is tried again a little later. */
  private void beginRewriting() throws IOException {
    rewriteAtBytes = log.bytes() + MIB;
    force();
    try {
      if (log.usableBytes() < log.bytes()) {
        throw new IOException("no room for a copy of it");
      }
      log.rotate();
      rewriting = Optional.of(new Rewriting(store));
    } catch (IOException later) {
      LOGGER.log(Level.WARNING, "{0} cannot be made smaller now: {1}", log.path(), later);
    }
  }

  private void finishRewriting() throws IOException {
    frame.addWhole();
    writeFrame();
    force();
    rewriting = Optional.empty();
    startingOver = false;
    try {
      log.dropOlder();
    } catch (IOException later) {
      LOGGER.log(Level.WARNING, "older files stay in {0} for now: {1}", log.path(), later);
    }
    rewriteAtBytes = rewriteAt(log.bytes());
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
