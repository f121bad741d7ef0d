package dev.tollgate.store.file;

import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Part;
import dev.tollgate.store.StoreException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Writes down what changes, on its own thread: one frame for all who wait at the same time. After a
 * failure nobody may change anything until what was not written is.
 *
 * <p>Thread-safe.
 */
final class GroupWriter implements AutoCloseable {

  /** How long one may wait for the disk. */
  static final long PATIENCE_MILLIS = 1000;

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final long FORCE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long IDLE_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long END_MILLIS = 10_000;
  private static final long MIB = 1 << 20;

  /** How many parts a frame rewrites beside the changes: some tens of kilobytes. */
  private static final int REWRITTEN_PARTS = 100;

  private final MemoryStore store;
  private final Changes changes;
  private final Log log;
  private final Thread thread = new Thread(this::run, "tollgate-store-file");
  private volatile Optional<String> failure = Optional.empty();

  // the thread's own

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
  GroupWriter(MemoryStore store, Changes changes, Log log, long wholeBytes) {
    this.store = store;
    this.changes = changes;
    this.log = log;
    this.rewriteAtBytes = rewriteAt(wholeBytes);
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private long rewriteAt(long wholeBytes) {
    return Math.max(log.smallBytes(), 2 * wholeBytes);
  }

  /**
   * To be asked before anything is changed.
   *
   * @throws StoreException when changes cannot be written
   */
  void requireWorking() throws StoreException {
    Optional<String> reason = failure;
    if (reason.isPresent()) {
      throw new StoreException(reason.get());
    }
  }

  /**
   * Waits until every change made so far is written.
   *
   * @param forced not only to the file, which survives the process, but to the disk
   * @throws StoreException when it was not, or not in time
   */
  void awaitWritten(boolean forced) throws StoreException {
    changes.join(forced).await(PATIENCE_MILLIS);
  }

  private void run() {
    try {
      while (!changes.isClosed()) {
        try {
          write(changes.take(patienceNanos()));
          if (failure.isPresent()) {
            changes.pause(RETRY_NANOS);
          }
        } catch (InterruptedException ignored) {
          // the thread ends when the store is closed, and not before
        }
      }
    } finally {
      end();
    }
  }

  private long patienceNanos() {
    return rewriting.isPresent() || failure.isPresent() ? 0 : nanosUntilForce();
  }

  private long nanosUntilForce() {
    return log.isForced()
        ? IDLE_NANOS
        : Math.max(0, unforcedSinceNanos + FORCE_NANOS - System.nanoTime());
  }

  private void end() {
    Thread.interrupted();
    Changes.Batch last = changes.takeLast();
    last.group().force();
    write(last);
    seal();
    failure.ifPresent(
        reason ->
            LOGGER.log(Level.ERROR, "what was not acknowledged is lost at the end: {0}", reason));
    failure = Optional.of("the store is closed");
  }

  /** A last frame that says that all before it is on the disk. */
  private void seal() {
    try {
      if (failure.isEmpty()) {
        log.append(new byte[0], 0);
        log.force();
      }
    } catch (IOException reason) {
      LOGGER.log(Level.WARNING, "{0} was not closed properly: {1}", log.path(), reason);
    }
  }

  private void write(Changes.Batch batch) {
    unwritten.addAll(batch.parts());
    try {
      if (distrusted) {
        startOver();
      }
      writeChanges();
      rewrite();
      if (batch.group().isForced() || nanosUntilForce() == 0) {
        force();
      }
      works();
      batch.group().succeed();
    } catch (IOException reason) {
      fails(reason);
      batch.group().fail(failure.orElse(""));
    }
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

  private void works() {
    if (failure.isPresent()) {
      failure = Optional.empty();
      LOGGER.log(Level.INFO, "{0} can be written again", log.path());
    }
  }

  private void fails(IOException reason) {
    String text = log.path() + " cannot be written: " + DataDirectory.describe(reason);
    if (failure.isEmpty()) {
      LOGGER.log(Level.ERROR, "{0}; calls are decided without it until it can", text);
    }
    failure = Optional.of(text);
  }

  /** Writes and forces what is left. Idempotent. */
  @Override
  public void close() {
    changes.close();
    boolean interrupted = false;
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException hurried) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
