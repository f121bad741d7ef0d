package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Durability;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.Hold;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When the store is asked, and when it is not. */
class StoreGuardTest {

  private static final Quota QUOTA =
      new Quota(at -> new Calendar.Span(0, Store.MAX_AMOUNT), 100, 100, 100, List.of());
  private static final List<Charge> CHARGES = List.of(Charge.of("cost", QUOTA, 10));

  /** Their shards are two. */
  private static final String ANN = "ann";

  private static final String BOB = "bob";

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final CuttableStore even = new CuttableStore(new MemoryStore(100, clock));
  private final CuttableStore odd = new CuttableStore(new MemoryStore(100, clock));
  private final Store sharded = new ShardedStore(List.of(even, odd));
  private final MemoryStore local = new MemoryStore(100, clock);
  private final AtomicLong nanos = new AtomicLong();
  private int calls;

  private StoreGuard guard(Store store) {
    StoreGuard guard = new StoreGuard(store, Optional.of(local));
    guard.probe();
    assertThat(guard.isDegraded()).isFalse();
    return guard;
  }

  private StoreGuard.Answer reserve(StoreGuard guard, String account) {
    return guard
        .reserve(new Request(account, account + calls++, CHARGES, 60_000_000, ""))
        .orElseThrow();
  }

  private void settle(StoreGuard guard, StoreGuard.Answer answer, long actual) {
    Hold hold = answer.receipt().admitted().orElseThrow();
    guard.settle(answer.store(), hold, List.of(actual), "", told -> {});
  }

  private static long posted(Store store, String account) throws StoreException {
    Receipt receipt = store.read(account, CHARGES);
    return receipt.balances().get(0).posted();
  }

  @Test
  void storeThatOnlyAnswersQuestionsHasNotRecovered() throws StoreException {
    StoreGuard guard = guard(even);
    even.isReadOnly = true;
    for (int i = 0; i < Circuits.TOLERATED_FAILURES; i++) {
      assertThat(reserve(guard, ANN).store()).isSameAs(local);
    }
    for (int probes = 0; probes < 5; probes++) {
      guard.probe();
      even.asked = 0;
      assertThat(guard.isDegraded()).isTrue();
      assertThat(reserve(guard, ANN).store()).isSameAs(local);
      assertThat(guard.rows(ANN)).isEmpty();
      assertThat(even.asked).as("no call asks it").isZero();
    }
    even.isReadOnly = false;
    guard.probe();
    assertThat(guard.isDegraded()).isFalse();
    assertThat(reserve(guard, ANN).store()).isSameAs(even);
  }

  @Test
  void answersToQuestionsDoNotMakeUpForRefusedWrites() throws StoreException {
    StoreGuard guard = guard(even);
    even.isReadOnly = true;
    for (int i = 0; i < Circuits.TOLERATED_FAILURES; i++) {
      assertThat(reserve(guard, ANN).store()).isSameAs(local);
      guard.rows(ANN);
    }
    even.asked = 0;
    reserve(guard, ANN);
    assertThat(even.asked).isZero();
  }

  @Test
  void slowStoreDoesNotHoldUpWhatElseIsDueNorTheEnd() throws StoreException {
    StoreGuard guard = new StoreGuard(even, Optional.of(local), nanos::get);
    even.cut = true;
    for (int i = 0; i < 100; i++) {
      settle(guard, reserve(guard, "slow" + i), 7);
    }
    even.cut = false;
    even.onReserve = () -> nanos.addAndGet(Duration.ofMillis(100).toNanos());

    guard.probe();
    assertThat(guard.journalled())
        .as("told in two seconds, and what was begun by then")
        .isEqualTo(100 - 2 * Store.MAX_TOGETHER);
    guard.close();
    assertThat(guard.journalled())
        .as("told in five seconds more")
        .isEqualTo(100 - 6 * Store.MAX_TOGETHER);
  }

  @Test
  void durabilityIsAskedForOnceItIsAnsweredAndOfEachServerThatFollows() {
    ForgetfulStore store = new ForgetfulStore(clock);
    StoreGuard guard = guard(store);
    store.isCut = true;
    assertThat(guard.newDurability()).isEmpty();
    store.isCut = false;
    assertThat(guard.newDurability()).contains(Durability.KEPT);
    assertThat(guard.newDurability()).isEmpty();
    store.loseNothing();
    store.durability = Durability.EVICTED;
    assertThat(guard.newDurability()).contains(Durability.EVICTED);
    assertThat(guard.newDurability()).isEmpty();
  }

  @Test
  void shardThatDoesNotAnswerIsNotAskedAndTheOthersAre() throws StoreException {
    StoreGuard guard = guard(sharded);
    odd.cut = true;
    for (int i = 0; i < Circuits.TOLERATED_FAILURES; i++) {
      assertThat(reserve(guard, BOB).store()).isSameAs(sharded);
      assertThat(reserve(guard, ANN).store()).isSameAs(local);
    }
    for (int probes = 0; probes < 5; probes++) {
      guard.probe();
      odd.asked = 0;
      assertThat(guard.isDegraded()).isTrue();
      assertThat(guard.isDegraded(ANN)).isTrue();
      assertThat(guard.isDegraded(BOB)).isFalse();
      assertThat(reserve(guard, BOB).store()).isSameAs(sharded);
      settle(guard, reserve(guard, ANN), 7);
      assertThat(odd.asked).as("no call asks it").isZero();
    }
    odd.cut = false;
    guard.probe();
    assertThat(guard.isDegraded()).isFalse();
    assertThat(guard.journalled()).isZero();
    assertThat(posted(sharded, ANN)).isEqualTo(35);
    assertThat(reserve(guard, ANN).store()).isSameAs(sharded);
  }

  @Test
  void whatIsForOtherShardsIsToldWhileOneDoesNotAnswer() throws StoreException {
    StoreGuard guard = guard(sharded);
    even.cut = true;
    odd.cut = true;
    for (int i = 0; i < 4; i++) {
      settle(guard, reserve(guard, ANN), 7);
      settle(guard, reserve(guard, BOB), 5);
    }
    even.cut = false;
    guard.probe();
    assertThat(posted(sharded, BOB)).isEqualTo(20);
    assertThat(guard.journalled()).isEqualTo(4);
    odd.cut = false;
    guard.probe();
    assertThat(posted(sharded, ANN)).isEqualTo(28);
    assertThat(guard.journalled()).isZero();
  }
}
