package dev.tollgate.servers;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;

/** Sleeps as a client wants to before it retries, and writes down for how long. Thread-safe. */
final class RecordingSleeper implements com.openai.core.Sleeper, com.anthropic.core.Sleeper {

  private final List<Duration> slept = new CopyOnWriteArrayList<>();

  List<Duration> slept() {
    return List.copyOf(slept);
  }

  @Override
  public void sleep(Duration duration) {
    slept.add(duration);
    try {
      Thread.sleep(duration.plusNanos(999_999).toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CompletionException(interrupted);
    }
  }

  @Override
  public CompletableFuture<Void> sleepAsync(Duration duration) {
    return CompletableFuture.runAsync(() -> sleep(duration));
  }

  @Override
  public void close() {}
}
