package dev.tollgate.cdi;

import dev.tollgate.RefusedException;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A publisher whose subscriptions are calls: each settles when it completes, fails or is cancelled.
 * The first is the call that was let in when the method ran; each further one asks to be let in
 * itself, because it may call the provider again, and fails with {@link RefusedException} when it
 * is not. Thread-safe.
 */
final class MeteredPublisher<T> implements Flow.Publisher<T> {

  private final Flow.Publisher<T> source;
  private final AtomicReference<@Nullable AiCall> first;
  private final Supplier<AiCall> again;
  private final Results results;

  MeteredPublisher(
      Flow.Publisher<T> source, AiCall first, Supplier<AiCall> again, Results results) {
    this.source = source;
    this.first = new AtomicReference<>(first);
    this.again = again;
    this.results = results;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    AiCall call;
    try {
      AiCall admitted = first.getAndSet(null);
      call = admitted != null ? admitted : again.get();
    } catch (RefusedException refused) {
      subscriber.onSubscribe(new Nothing());
      subscriber.onError(refused);
      return;
    }
    Frame.metered(call).run(() -> source.subscribe(new Metering<>(subscriber, call, results)));
  }

  /** The subscription of a refused subscriber. */
  private static final class Nothing implements Flow.Subscription {
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }

  /** Passes everything on, and listens. */
  private record Metering<T>(Flow.Subscriber<? super T> subscriber, AiCall call, Results results)
      implements Flow.Subscriber<T> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscriber.onSubscribe(new Cancelling(subscription, call));
    }

    @Override
    public void onNext(T item) {
      results.hear(item, call);
      subscriber.onNext(item);
    }

    @Override
    public void onError(Throwable failure) {
      call.failedWith(failure);
      call.end();
      subscriber.onError(failure);
    }

    @Override
    public void onComplete() {
      call.end();
      subscriber.onComplete();
    }
  }

  /** Ends the call of a subscriber that leaves. */
  private record Cancelling(Flow.Subscription subscription, AiCall call)
      implements Flow.Subscription {

    @Override
    public void request(long n) {
      Frame.metered(call).run(() -> subscription.request(n));
    }

    @Override
    public void cancel() {
      try {
        subscription.cancel();
      } finally {
        call.end();
      }
    }
  }
}
