package dev.tollgate.sample;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Publishes pieces of a body, each a while after it could be: after it was asked for and the one
 * before it was published. Immutable; each subscriber gets all pieces.
 */
final class PacedPublisher implements Flow.Publisher<List<ByteBuffer>> {

  private final List<byte[]> pieces;
  private final Duration pause;
  private final ScheduledExecutorService clock;

  /**
   * @param pieces one or more
   */
  PacedPublisher(List<byte[]> pieces, Duration pause, ScheduledExecutorService clock) {
    this.pieces = List.copyOf(pieces);
    this.pause = pause;
    this.clock = clock;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
    subscriber.onSubscribe(new Pace(subscriber));
  }

  /** One subscriber's way through the pieces. At most one task of it waits at any time. */
  private final class Pace implements Flow.Subscription {

    private final Flow.Subscriber<? super List<ByteBuffer>> subscriber;
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;
    private int published;

    Pace(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
      if (n < 1) {
        cancelled = true;
        subscriber.onError(new IllegalArgumentException("requested " + n + ", must be 1 or more"));
      } else if (demand.getAndUpdate(before -> before + Math.min(n, Long.MAX_VALUE - before))
          == 0) {
        schedule();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    private void schedule() {
      try {
        clock.schedule(this::publish, pause.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException closed) {
        subscriber.onError(closed);
      }
    }

    private void publish() {
      if (cancelled) {
        return;
      }
      subscriber.onNext(List.of(ByteBuffer.wrap(pieces.get(published++)).asReadOnlyBuffer()));
      if (published == pieces.size()) {
        subscriber.onComplete();
      } else if (demand.decrementAndGet() > 0) {
        schedule();
      }
    }
  }
}
