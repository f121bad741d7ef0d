package dev.tollgate.store.redis;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One operation on its way to the server and back. Thread-safe: its caller waits for it, and the
 * caller that leads the batch completes it.
 */
final class Ask {

  private enum Stage {
    WAITING,
    SENT,
    LEFT
  }

  private final Script script;
  private final Names names;
  private final List<String> arguments;
  private final boolean isRedirected;
  private final boolean mustOutlive;
  private final long silenceNanos;
  private final long deadlineNanos;
  private final Thread caller = Thread.currentThread();
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
  private volatile @Nullable Reply reply;

  /**
   * @param script the script that does it: always the same for these keys
   * @param arguments the operation, as the script reads it
   * @param isRedirected whether a cluster's node has sent it to one that does not have the slot yet
   * @param mustOutlive whether to wait until a replica has what was written
   * @param silenceNanos how long to wait for the network
   * @param deadlineNanos when the caller stops waiting, by {@link System#nanoTime}
   */
  Ask(
      Script script,
      Names names,
      List<String> arguments,
      boolean isRedirected,
      boolean mustOutlive,
      long silenceNanos,
      long deadlineNanos) {
    this.script = script;
    this.names = names;
    this.arguments = List.copyOf(arguments);
    this.isRedirected = isRedirected;
    this.mustOutlive = mustOutlive;
    this.silenceNanos = silenceNanos;
    this.deadlineNanos = deadlineNanos;
  }

  Script script() {
    return script;
  }

  Names names() {
    return names;
  }

  List<String> arguments() {
    return arguments;
  }

  boolean isRedirected() {
    return isRedirected;
  }

  boolean mustOutlive() {
    return mustOutlive;
  }

  /** When an exchange that begins now must be done, by {@link System#nanoTime}. */
  long networkDeadline() {
    long now = System.nanoTime();
    return now + Math.min(silenceNanos, deadlineNanos - now);
  }

  private long nanosLeft() {
    return deadlineNanos - System.nanoTime();
  }

  /** Takes it for sending. False when its caller has left. */
  boolean send() {
    return stage.compareAndSet(Stage.WAITING, Stage.SENT);
  }

  /** The caller stops waiting. False when it has been taken for sending. */
  boolean leave() {
    return stage.compareAndSet(Stage.WAITING, Stage.LEFT);
  }

  boolean isWaiting() {
    return stage.get() == Stage.WAITING;
  }

  void complete(Reply reply) {
    this.reply = reply;
    wake();
  }

  void wake() {
    if (caller != Thread.currentThread()) {
      LockSupport.unpark(caller);
    }
  }

  @Nullable Reply reply() {
    return reply;
  }

  /**
   * Parks the caller until something happens, and not at all once it is answered: a lock that the
   * caller has had to wait for since may have used up its wake-up. False when it must not wait any
   * longer.
   */
  boolean park() {
    if (reply != null) {
      return true;
    }
    long nanos = nanosLeft();
    if (nanos <= 0 || Thread.currentThread().isInterrupted()) {
      return false;
    }
    LockSupport.parkNanos(this, nanos);
    return true;
  }
}
