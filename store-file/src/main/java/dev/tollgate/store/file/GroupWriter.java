package dev.tollgate.store.file;

import dev.tollgate.store.StoreException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Writes down what changes, on its own thread: at once for all who wait at the same time. After a
 * failure nobody may change anything until what was not written is.
 *
 * <p>Thread-safe.
 */
final class GroupWriter implements AutoCloseable {

  /** How long one may wait for the disk. */
  static final long PATIENCE_MILLIS = 1000;

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long END_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Changes changes;
  private final LogWriter log;
  private final Path path;
  private final Thread thread = new Thread(this::run, "tollgate-store-file");
  private volatile Optional<String> failure = Optional.empty();

  /**
   * @param log is used by its thread alone, which closes it at its end: the directory is nobody
   *     else's while something may still be written to it
   * @param path where that is
   */
  GroupWriter(Changes changes, LogWriter log, Path path) {
    this.changes = changes;
    this.log = log;
    this.path = path;
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
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
        writeNext();
      }
      end();
    } finally {
      changes.takeLast().group().fail("the store is closed");
      failure = Optional.of("the store is closed");
      release();
    }
  }

  private void release() {
    try {
      log.close();
    } catch (IOException reason) {
      LOGGER.log(Level.WARNING, "{0} could not be closed: {1}", path, reason);
    }
  }

  private void writeNext() {
    try {
      write(changes.take(failure.isPresent() ? 0 : log.idleNanos()));
      if (failure.isPresent()) {
        changes.pause(RETRY_NANOS);
      }
    } catch (InterruptedException ignored) {
      // the thread ends when the store is closed, and not before
    }
  }

  private void write(Changes.Batch batch) {
    try {
      log.write(batch.parts(), batch.group().isForced());
      works();
      batch.group().succeed();
    } catch (IOException reason) {
      batch.group().fail(fails(reason));
    }
  }

  /** Writes what is left. */
  private void end() {
    Changes.Batch last = changes.takeLast();
    last.group().force();
    write(last);
    if (failure.isPresent()) {
      LOGGER.log(
          Level.ERROR, "what was not acknowledged is lost at the end: {0}", failure.orElse(""));
      return;
    }
    try {
      log.seal();
    } catch (IOException reason) {
      LOGGER.log(Level.WARNING, "{0} was not closed properly: {1}", path, reason);
    }
  }

  private void works() {
    if (failure.isPresent()) {
      failure = Optional.empty();
      LOGGER.log(Level.INFO, "{0} can be written again", path);
    }
  }

  private String fails(IOException reason) {
    String text = path + " cannot be written: " + DataDirectory.describe(reason);
    if (failure.isEmpty()) {
      LOGGER.log(Level.ERROR, "{0}; calls are decided without it until it can", text);
    }
    failure = Optional.of(text);
    return text;
  }

  /** Writes and forces what is left, for ten seconds at most. Idempotent. */
  @Override
  public void close() {
    changes.close();
    boolean interrupted = false;
    long end = System.nanoTime() + END_NANOS;
    for (long left = END_NANOS; left > 0 && thread.isAlive(); left = end - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, left);
      } catch (InterruptedException hurried) {
        interrupted = true;
      }
    }
    if (thread.isAlive()) {
      LOGGER.log(Level.ERROR, "{0} stays in use: the disk does not answer", path);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
