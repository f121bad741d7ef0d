package dev.tollgate.sample;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Hands the bytes of an answer on as they come: each piece is flushed, and the next is asked for
 * when the client has taken it. So a slow client slows the provider down, and one that leaves ends
 * the provider's work: at the next write, which a comment is while the provider is silent.
 *
 * <p>Thread-safe and without a lock: the provider's thread and the container's take turns, and who
 * finds the other at work leaves the rest to it.
 */
final class Relay implements Flow.Subscriber<List<ByteBuffer>>, WriteListener {

  /** A turn is over at once; more is a container that hangs. */
  private static final Duration LONGEST_TURN = Duration.ofSeconds(1);

  /** An event without fields, which clients of event streams skip. */
  private static final byte[] COMMENT = {':', '\n', '\n'};

  private final ServletOutputStream out;
  private final byte[] farewell;
  private final Runnable end;

  private final CountDownLatch over = new CountDownLatch(1);
  private final Queue<ByteBuffer> pieces = new ConcurrentLinkedQueue<>();
  private final AtomicInteger turns = new AtomicInteger();
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean answered;
  private volatile boolean failed;
  private volatile boolean abandoned;

  private volatile boolean asked;
  private volatile boolean commentDue;

  /** These belong to whose turn it is. */
  private boolean unflushed;

  private boolean spoken;

  /** The newlines at the end of what is written: two end an event. */
  private int newlines = 2;

  private boolean ended;

  /**
   * @param farewell what to write when the answer breaks off
   * @param end called once, when nothing more is written
   */
  Relay(ServletOutputStream out, byte[] farewell, Runnable end) {
    this.out = out;
    this.farewell = farewell;
    this.end = end;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    try {
      out.setWriteListener(this);
    } catch (IllegalStateException responseIsOver) {
      abandoned = true;
    }
    takeTurn();
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    pieces.addAll(buffers);
    asked = false;
    takeTurn();
  }

  @Override
  public void onComplete() {
    answered = true;
    takeTurn();
  }

  @Override
  public void onError(Throwable failure) {
    failed = true;
    takeTurn();
  }

  @Override
  public void onWritePossible() {
    takeTurn();
  }

  /**
   * Writes a comment into a stream of events whenever it has been silent for a while, between
   * events: whether a client is still there is only known by writing.
   */
  void keepAlive(ScheduledExecutorService clock, Duration silence) {
    if (over.getCount() == 0) {
      return;
    }
    try {
      clock.schedule(() -> comment(clock, silence), silence.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException applicationEnds) {
      abandon();
    }
  }

  private void comment(ScheduledExecutorService clock, Duration silence) {
    commentDue = true;
    takeTurn();
    keepAlive(clock, silence);
  }

  /**
   * Breaks the answer off and tells the client so if it takes that at once. Nothing is written
   * after this returns: a turn under way is waited for, which never waits for the client itself.
   *
   * @throws InterruptedException when the thread is interrupted while the other has its turn
   */
  void breakOff() throws InterruptedException {
    failed = true;
    takeTurn();
    over.await(LONGEST_TURN.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the provider's work for a client that has left. */
  void abandon() {
    abandoned = true;
    takeTurn();
  }

  private void takeTurn() {
    if (turns.getAndIncrement() > 0) {
      return;
    }
    int seen = 1;
    do {
      work();
      seen = turns.addAndGet(-seen);
    } while (seen > 0);
  }

  private void work() {
    if (ended) {
      return;
    }
    try {
      if (abandoned) {
        finish();
      } else if (failed) {
        sayFarewell();
        finish();
      } else if (drain() && breakSilence()) {
        goOn();
      }
    } catch (IOException | IllegalStateException clientLeft) {
      finish();
    }
  }

  /** Writes what is there; whether the client has taken it all. */
  private boolean drain() throws IOException {
    while (out.isReady()) {
      ByteBuffer piece = pieces.poll();
      if (piece != null) {
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        out.write(bytes);
        spoken = true;
        unflushed = true;
        countNewlines(bytes);
      } else if (unflushed) {
        unflushed = false;
        out.flush();
      } else {
        return true;
      }
    }
    return false;
  }

  private void countNewlines(byte[] written) {
    for (byte next : written) {
      if (next == '\n') {
        newlines++;
      } else if (next != '\r') {
        newlines = 0;
      }
    }
  }

  /** Writes a comment if it is due; whether the client has taken it. */
  private boolean breakSilence() throws IOException {
    if (!commentDue) {
      return true;
    }
    commentDue = false;
    if (!spoken && newlines >= 2 && !answered) {
      pieces.add(ByteBuffer.wrap(COMMENT));
    }
    boolean taken = drain();
    spoken = false;
    return taken;
  }

  private void goOn() throws IOException {
    if (answered && pieces.isEmpty()) {
      out.close();
      finish();
    } else if (!answered && !asked && subscription != null) {
      asked = true;
      subscription.request(1);
    }
  }

  private void sayFarewell() throws IOException {
    if (drain()) {
      out.write(farewell);
      out.close();
    }
  }

  private void finish() {
    ended = true;
    pieces.clear();
    if (subscription != null && !answered) {
      subscription.cancel();
    }
    try {
      end.run();
    } finally {
      over.countDown();
    }
  }
}
