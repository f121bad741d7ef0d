package dev.tollgate.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PacedPublisherTest {

  private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
  private final Listener listener = new Listener();

  /** Writes down what it is told. */
  private static final class Listener implements Flow.Subscriber<List<ByteBuffer>> {

    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      buffers.forEach(buffer -> heard.add(UTF_8.decode(buffer).toString()));
    }

    @Override
    public void onError(Throwable failure) {
      heard.add(failure.getClass().getSimpleName());
    }

    @Override
    public void onComplete() {
      heard.add("complete");
    }
  }

  @AfterEach
  void stop() {
    clock.shutdownNow();
  }

  @Test
  void publishesWhatIsAskedForAndNoMore() throws Exception {
    publish(Duration.ZERO, "a", "b", "c");
    listener.subscription.request(2);
    assertThat(listener.heard.take()).isEqualTo("a");
    assertThat(listener.heard.take()).isEqualTo("b");
    assertThat(clock.getQueue()).isEmpty();
    listener.subscription.request(Long.MAX_VALUE);
    assertThat(listener.heard.take()).isEqualTo("c");
    assertThat(listener.heard.take()).isEqualTo("complete");
  }

  @Test
  void publishesEachPieceAfterItsPause() throws Exception {
    publish(Duration.ofMillis(20), "a", "b", "c");
    long start = System.nanoTime();
    listener.subscription.request(3);
    for (String expected : List.of("a", "b", "c", "complete")) {
      assertThat(listener.heard.take()).isEqualTo(expected);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(60));
  }

  @Test
  void publishesNothingOnceItIsCancelled() throws Exception {
    publish(Duration.ZERO, "a", "b");
    listener.subscription.request(1);
    assertThat(listener.heard.take()).isEqualTo("a");
    listener.subscription.cancel();
    listener.subscription.request(1);
    clock.submit(() -> {}).get();
    assertThat(listener.heard).isEmpty();
  }

  @Test
  void failsWhenItsClockHasStopped() throws Exception {
    publish(Duration.ZERO, "a");
    clock.shutdownNow();
    listener.subscription.request(1);
    assertThat(listener.heard.take()).isEqualTo("RejectedExecutionException");
  }

  @Test
  void failsWhenNothingIsAskedFor() throws Exception {
    publish(Duration.ZERO, "a");
    listener.subscription.request(0);
    assertThat(listener.heard.take()).isEqualTo("IllegalArgumentException");
  }

  private void publish(Duration pause, String... pieces) {
    List<byte[]> bytes = Stream.of(pieces).map(piece -> piece.getBytes(UTF_8)).toList();
    new PacedPublisher(bytes, pause, clock).subscribe(listener);
  }
}
