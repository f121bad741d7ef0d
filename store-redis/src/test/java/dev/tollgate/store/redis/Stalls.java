package dev.tollgate.store.redis;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * How late a thread wakes up that has nothing to do: what the machine takes from everybody. Owns a
 * thread. Thread-safe.
 */
final class Stalls implements AutoCloseable {

  private static final long PAUSE_NANOS = 5_000_000;

  private final Queue<Long> late = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::watch, "stalls");
  private volatile boolean isStopped;

  Stalls() {
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    while (!isStopped) {
      long due = System.nanoTime() + PAUSE_NANOS;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      late.add(System.nanoTime() - due);
    }
  }

  Duration longest() {
    return Duration.ofNanos(late.stream().mapToLong(Long::longValue).max().orElse(0));
  }

  /** How often of all times it woke up later than that: 0 to 1. */
  double part(Duration late) {
    long found = this.late.stream().filter(each -> each > late.toNanos()).count();
    return (double) found / Math.max(1, this.late.size());
  }

  @Override
  public void close() {
    isStopped = true;
  }
}
