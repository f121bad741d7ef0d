package dev.tollgate.config;

import dev.tollgate.providers.TokenCounters;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * An application's token counters, and the daemon thread that loads their tokenizers: it ends when
 * nothing is left to load. Thread-safe.
 */
final class Tokenizers implements AutoCloseable {

  private static final long CLOSE_SECONDS = 5;

  private final ThreadPoolExecutor loader;
  private final TokenCounters counters;

  Tokenizers() {
    loader =
        new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Tokenizers::newThread);
    loader.allowCoreThreadTimeOut(true);
    counters = new TokenCounters(loader);
  }

  private static Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "tollgate-tokenizers");
    thread.setDaemon(true);
    return thread;
  }

  TokenCounters counters() {
    return counters;
  }

  /** Ends the thread, and waits until it has ended. Idempotent. */
  @Override
  public void close() {
    loader.shutdownNow();
    try {
      loader.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
