package dev.tollgate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.store.Receipt.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends StoreContract {

  private final HandClock clock = new HandClock(Instant.EPOCH);

  @Override
  protected Store open() {
    return new MemoryStore(1000, clock);
  }

  @Override
  protected void setClock(Instant now) {
    clock.set(now);
  }

  @Override
  protected boolean sharesState() {
    return false;
  }

  @Test
  void floodOfNewNamesIsLimitedAsAFewCallersAndResetsNobody() {
    MemoryStore store = new MemoryStore(100, clock);
    Bucket bucket = new Bucket(1, 60_000_000L, 5);
    charge(store, "early", bucket, 5);
    int admitted = 0;
    for (int i = 0; i < 10_000; i++) {
      admitted += charge(store, "flood-" + i, bucket, 1) == Outcome.FULL ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(99 + MemoryStore.OVERFLOW_ACCOUNTS * 5);
    assertThat(store.size()).isEqualTo(100 + MemoryStore.OVERFLOW_ACCOUNTS);
    assertThat(charge(store, "early", bucket, 1)).isEqualTo(Outcome.REFUSED);
  }

  @Test
  void idleAccountsMakeRoomAndDebtorsStay() throws Exception {
    MemoryStore store = new MemoryStore(2, clock);
    Bucket bucket = new Bucket(60, 60_000_000L, 10);
    Request request = new Request("debtor", "1", List.of(Charge.of("t", bucket, 1)), 1_000_000, "");
    Hold hold = store.reserve(request).admitted().orElseThrow();
    store.settle(hold, List.of(600L), "");
    charge(store, "idle", bucket, 1);
    clock.advance(Duration.ofMinutes(1));
    charge(store, "new", bucket, 10);
    assertThat(charge(store, "debtor", bucket, 1)).isEqualTo(Outcome.REFUSED);
    assertThat(charge(store, "new", bucket, 1))
        .as("has its own account")
        .isEqualTo(Outcome.REFUSED);
    assertThat(store.size()).isEqualTo(2);
  }

  @Test
  void callOfASharedAccountIsSettledThere() throws Exception {
    MemoryStore store = new MemoryStore(1, clock);
    Quota day = new Quota(new FixedCalendar(86_400_000_000L), 100, 100, 100, List.of());
    charge(store, "first", day, 1);
    List<Charge> charges = List.of(Charge.of("t", day, 10));
    Hold hold =
        store.reserve(new Request("late", "1", charges, 1_000_000, "")).admitted().orElseThrow();
    assertThat(store.settle(hold, List.of(20L), "").outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(store.settle(hold, List.of(20L), "").outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(store.reserve(new Request("late", "2", charges, 0, "")).balances().get(0).posted())
        .isEqualTo(30);
  }

  @Test
  void documentsAreBoundedAndForgottenIn400Days() {
    MemoryStore store = new MemoryStore(1, clock);
    for (int i = 0; i < 1000; i++) {
      assertThat(store.replace("document " + i, 0, "text")).isTrue();
    }
    assertThatThrownBy(() -> store.replace("one more", 0, ""))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("one more");
    clock.advance(Duration.ofDays(399));
    assertThat(store.replace("document 0", 1, "text")).isTrue();
    clock.advance(Duration.ofDays(1));
    assertThat(store.replace("one more", 0, "")).isTrue();
    assertThat(store.document("document 1")).isEqualTo(Document.ABSENT);
    assertThat(store.document("document 0").version()).isEqualTo(2);
  }

  @Test
  void rollupsAreBoundedAndForgotten() throws Exception {
    Rollups rollups = new MemoryStore(10, clock).rollups();
    for (int i = 0; i < 100; i++) {
      rollups.add(
          new Rollups.Addition(
              "spend", 1_000_000, "me", i + 1, List.of(new Rollups.Row("k" + i, List.of(1L)))));
    }
    assertThat(rollups.largest("spend", 0, 100))
        .hasSize(11)
        .startsWith(new Rollups.Row(Rollups.OTHERS, List.of(90L)));
    clock.advance(Duration.ofSeconds(1));
    assertThat(rollups.largest("spend", 0, 100)).isEmpty();
  }

  @Test
  void rollupsOfManyRowsMakeRoomForNewOnes() throws Exception {
    Rollups rollups = new MemoryStore(10, clock).rollups();
    for (int day = 1; day <= 30; day++) {
      for (int i = 0; i < 10; i++) {
        rollups.add(
            new Rollups.Addition(
                "day " + day,
                day * 1_000_000L,
                "me",
                i + 1,
                List.of(new Rollups.Row("k" + i, List.of(1L)))));
      }
    }
    int first = 30 - MemoryRollups.MAX_LARGE_ROLLUPS;
    assertThat(rollups.largest("day " + (first - 1), 0, 1)).isEmpty();
    for (int day = first + 1; day <= 30; day++) {
      assertThat(rollups.largest("day " + day, 0, 100)).as("day " + day).hasSize(10);
    }
  }

  @Test
  void whereNobodyWasIdleNobodyIsLookedForWithinASecond() {
    MemoryStore store = new MemoryStore(2, clock);
    Bucket slow = new Bucket(1, 60_000_000L, 10);
    charge(store, "debtor", slow, 5);
    charge(store, "soon idle", new Bucket(2, 1_000_000L, 10), 1);
    charge(store, "flood", slow, 1);
    int crowd = store.size();
    clock.advance(Duration.ofMillis(900));
    assertThat(charge(store, "resting", slow, 1)).isEqualTo(Outcome.FULL);
    assertThat(store.size()).as("it shares an account").isEqualTo(crowd + 1);
    clock.advance(Duration.ofMillis(100));
    assertThat(charge(store, "late", slow, 10)).isEqualTo(Outcome.FULL);
    assertThat(store.size()).as("it has the idle one's place").isEqualTo(crowd + 1);
  }

  private static Outcome charge(Store store, String account, Bound bound, long amount) {
    Request request = new Request(account, account, List.of(Charge.of("t", bound, amount)), 0, "");
    try {
      return store.reserve(request).outcome();
    } catch (StoreException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
