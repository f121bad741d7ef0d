package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Calendar;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Calls that need a lease at the same time. */
class TrancheTest {

  private static final int CALLS = 8;
  private static final Quota QUOTA =
      new Quota(at -> new Calendar.Span(0, Store.MAX_AMOUNT), 1000, 1000, 1000, List.of());

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final CuttableStore store = new CuttableStore(new MemoryStore(10, clock));
  private final StoreGuard guard = new StoreGuard(store, Optional.empty());
  private final Tranche tranche =
      new Tranche(
          "budget",
          "cost",
          QUOTA,
          100,
          guard,
          new ReservationIds(),
          new StoreTime(clock),
          () -> 0,
          receipt -> {});
  private final CountDownLatch silence = new CountDownLatch(1);

  private void awaitEndOfSilence() {
    try {
      assertThat(silence.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void callsThatWaitedForAStoreThatDoesNotAnswerDoNotWaitForItOnceMore() throws Exception {
    guard.probe();
    store.asked = 0;
    store.cut = true;
    store.onReserve = this::awaitEndOfSilence;
    AtomicInteger taken = new AtomicInteger();
    List<Thread> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      // the first one asks for most
      long amount = i == 0 ? 50 : 10;
      Thread call =
          new Thread(() -> taken.addAndGet(tranche.take(amount).isPresent() ? 1 : 0), "call");
      calls.add(call);
      call.start();
      awaitWaiting(call);
    }

    silence.countDown();
    for (Thread call : calls) {
      call.join(Duration.ofSeconds(30).toMillis());
    }

    assertThat(taken).hasValue(0);
    assertThat(store.asked).as("by all of them together").isEqualTo(1);
  }

  @Test
  void leasesAreAskedForAgainAfterAWhile() {
    guard.probe();
    store.cut = true;
    assertThat(tranche.take(10)).isEmpty();
    store.cut = false;
    assertThat(tranche.take(1)).isEmpty();
    clock.advance(Duration.ofNanos(1000 * Tranche.RECALL_MICROS).plusMillis(1));
    assertThat(tranche.take(10)).isPresent();
  }

  private static void awaitWaiting(Thread call) throws InterruptedException {
    for (int i = 0; i < 3000 && call.getState() != Thread.State.TIMED_WAITING; i++) {
      Thread.sleep(10);
    }
    assertThat(call.getState()).isEqualTo(Thread.State.TIMED_WAITING);
  }
}
