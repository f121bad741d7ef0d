package dev.tollgate.cdi;

import com.anthropic.core.http.AsyncStreamResponse;
import com.anthropic.core.http.StreamResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Meters the streams of anthropic-java: they end when they are closed or complete. Stateless. */
final class AnthropicStreams implements StreamMeter {

  @Override
  public Optional<Object> meter(Object result, AiCall call) {
    Consumer<Object> listener = new AnthropicTally(call);
    if (result instanceof StreamResponse<?> stream) {
      return Optional.of(new Metered<>(stream, call, listener));
    }
    if (result instanceof AsyncStreamResponse<?> stream) {
      return Optional.of(new MeteredAsync<>(stream, call, listener));
    }
    return Optional.empty();
  }

  private record Metered<T>(StreamResponse<T> source, AiCall call, Consumer<Object> listener)
      implements StreamResponse<T> {

    @Override
    public Stream<T> stream() {
      return source.stream().peek(listener).onClose(call::end);
    }

    @Override
    public void close() {
      try {
        source.close();
      } finally {
        call.end();
      }
    }
  }

  private record MeteredAsync<T>(
      AsyncStreamResponse<T> source, AiCall call, Consumer<Object> listener)
      implements AsyncStreamResponse<T> {

    @Override
    public AsyncStreamResponse<T> subscribe(Handler<? super T> handler) {
      source.subscribe(heard(handler));
      return this;
    }

    @Override
    public AsyncStreamResponse<T> subscribe(Handler<? super T> handler, Executor executor) {
      source.subscribe(heard(handler), executor);
      return this;
    }

    private Handler<T> heard(Handler<? super T> handler) {
      return new Handler<>() {
        @Override
        public void onNext(T item) {
          listener.accept(item);
          handler.onNext(item);
        }

        @Override
        public void onComplete(Optional<Throwable> failure) {
          failure.ifPresent(call::failedWith);
          call.end();
          handler.onComplete(failure);
        }
      };
    }

    @Override
    public CompletableFuture<Void> onCompleteFuture() {
      return source.onCompleteFuture();
    }

    @Override
    public void close() {
      try {
        source.close();
      } finally {
        call.end();
      }
    }
  }
}
