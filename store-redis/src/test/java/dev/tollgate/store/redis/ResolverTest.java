package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ResolverTest {

  private static final InetAddress ADDRESS = InetAddress.getLoopbackAddress();

  private final AtomicInteger lookups = new AtomicInteger();
  private final CountDownLatch outage = new CountDownLatch(1);

  private static long in(long millis) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Answers once, and then only when the outage of the name servers is over. */
  private InetAddress[] find(String name) throws UnknownHostException {
    try {
      if (lookups.incrementAndGet() > 1 && !outage.await(30, TimeUnit.SECONDS)) {
        throw new UnknownHostException(name);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return new InetAddress[] {ADDRESS};
  }

  @Test
  void aLookupThatHangsCostsTheDeadlineAndWhatWasKnownIsUsed() throws IOException {
    Resolver resolver = new Resolver(this::find);
    assertThat(resolver.resolve("redis.example", in(10_000))).containsExactly(ADDRESS);
    for (int i = 0; i < 3; i++) {
      long began = System.nanoTime();
      assertThat(resolver.resolve("redis.example", in(50))).containsExactly(ADDRESS);
      assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(2));
      assertThatThrownBy(() -> resolver.resolve("other.example", in(50)))
          .isInstanceOf(IOException.class)
          .hasMessage("the name other.example was not resolved in time");
    }
    assertThat(lookups).as("one at a time for a name").hasValue(3);
    outage.countDown();
    assertThat(resolver.resolve("other.example", in(10_000))).containsExactly(ADDRESS);
  }

  @Test
  void aNameThatIsNotKnownIsNamed() {
    Resolver resolver =
        new Resolver(
            name -> {
              throw new UnknownHostException(name);
            });
    assertThatThrownBy(() -> resolver.resolve("nowhere.example", in(10_000)))
        .isInstanceOf(IOException.class)
        .hasMessage("the name nowhere.example is not known");
  }

  @Test
  void aLookupThatCouldNotBeBegunIsBegunAgain() throws IOException {
    AtomicInteger starts = new AtomicInteger();
    Resolver resolver =
        new Resolver(
            name -> new InetAddress[] {ADDRESS},
            task -> {
              if (starts.incrementAndGet() == 1) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              task.run();
            });
    assertThatThrownBy(() -> resolver.resolve("redis.example", in(10_000)))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(resolver.resolve("redis.example", in(10_000))).containsExactly(ADDRESS);
  }

  @Test
  void anAddressNeedsNoLookup() throws IOException {
    Resolver resolver = new Resolver(this::find);
    assertThat(resolver.resolve("127.0.0.1", in(0)))
        .containsExactly(InetAddress.getByName("127.0.0.1"));
    assertThat(resolver.resolve("::1", in(0))).containsExactly(InetAddress.getByName("::1"));
    assertThat(lookups).hasValue(0);
  }
}
