package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.store.Bound;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.Hold;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is told to a store later, and how often. */
class SettlementJournalTest {

  private static final long DAY = Duration.ofDays(1).toNanos() / 1000;
  private static final Bound QUOTA =
      new Quota(
          at -> new Calendar.Span(at - Math.floorMod(at, DAY), at - Math.floorMod(at, DAY) + DAY),
          1000,
          1000,
          1000,
          List.of());

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final MemoryStore memory = new MemoryStore(10, clock);
  private final SettlementJournal journal = new SettlementJournal(this::shard);

  @Test
  void moreEntriesThanFitAreCounted() {
    for (int i = 0; i < SettlementJournal.MAX_ENTRIES + 3; i++) {
      journal.settle(new Hold("ann", "id" + i, 1, List.of()), List.of(), "", told -> {});
    }
    assertThat(journal.size()).isEqualTo(SettlementJournal.MAX_ENTRIES);
    assertThat(journal.lost()).isEqualTo(3);
  }

  @Test
  void moreBytesThanFitAreCounted() {
    String row = "x".repeat(Store.MAX_ROW_LENGTH);
    for (int i = 0; i < SettlementJournal.MAX_ENTRIES; i++) {
      journal.settle(new Hold("ann", "id" + i, 1, List.of()), List.of(), row, told -> {});
    }
    assertThat((journal.size() + 1L) * 2 * row.length()).isLessThan(SettlementJournal.MAX_BYTES);
    assertThat(journal.lost()).isEqualTo(SettlementJournal.MAX_ENTRIES - journal.size());
  }

  @Test
  void postingsCountOnceHoweverOftenAnswersAreLost() throws StoreException {
    long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
    FaultyStore faulty = new FaultyStore(memory, new Random(seed));
    faulty.lostPercent = 40;
    for (int i = 0; i < 300; i++) {
      journal.post(hold("id" + i, clock.instant()), List.of(7L), "");
    }
    int failures = 0;
    while (!journal.isEmpty()) {
      failures += replay(faulty);
      clock.advance(Duration.ofSeconds(1));
    }
    System.out.printf("-Dseed=%d: 300 postings, %d answers or questions lost%n", seed, failures);
    assertThat(failures).isPositive();
    assertThat(posted()).as("seed %d", seed).isEqualTo(2100);
  }

  @Test
  void postingOfADayThatIsOverChangesNoLimitOfTheNext() throws StoreException {
    Hold hold = hold("late", clock.instant());
    clock.advance(Duration.ofDays(1));
    journal.post(hold, List.of(7L), "row");
    replay(memory);
    assertThat(posted()).isZero();
    assertThat(memory.rows("ann")).containsExactly("row");
  }

  @Test
  void whatTheStoreDoesNotTakeIsKept() {
    FaultyStore faulty = new FaultyStore(memory, new Random(1));
    faulty.lostPercent = 100;
    journal.post(hold("id", clock.instant()), List.of(7L), "");
    assertThat(replay(faulty)).isEqualTo(1);
    assertThat(journal.size()).isEqualTo(1);
    journal.remove("id");
    assertThat(journal.isEmpty()).isTrue();
  }

  @Test
  void whatCannotBeToldDoesNotKeepTheRestWaiting() {
    journal.post(hold("first", clock.instant()), List.of(7L), "");
    journal.post(hold("second", clock.instant()), List.of(7L), "");
    FaultyStore faulty = new FaultyStore(memory, new Random(1));
    AtomicInteger told = new AtomicInteger();
    journal.replay(
        (account, message) -> {
          faulty.lostPercent = told.getAndIncrement() < 2 ? 100 : 0;
          return isTold(message, faulty);
        },
        () -> false);
    assertThat(told).as("both together, then each").hasValue(3);
    assertThat(journal.size()).isEqualTo(1);
  }

  @Test
  void replayEndsWhenItsTimeIsOver() {
    for (int i = 0; i < 3 * Store.MAX_TOGETHER; i++) {
      journal.post(hold("id" + i, clock.instant()), List.of(7L), "");
    }
    journal.replay(
        (account, message) -> isTold(message, memory),
        () -> journal.size() == 2 * Store.MAX_TOGETHER);
    assertThat(journal.size()).isEqualTo(2 * Store.MAX_TOGETHER);
  }

  @Test
  void shardThatDoesNotAnswerKeepsNoOtherWaiting() {
    for (int i = 0; i < 100; i++) {
      journal.settle(holdOfNothing("ann", i), List.of(), "", told -> {});
      journal.settle(holdOfNothing("bob", i), List.of(), "", told -> {});
    }
    journal.replay(
        (account, message) -> account.equals("bob") && isTold(message, memory), () -> false);
    assertThat(journal.size()).isEqualTo(100);
    journal.replay((account, message) -> isTold(message, memory), () -> false);
    assertThat(journal.isEmpty()).isTrue();
  }

  private static Hold holdOfNothing(String account, int number) {
    return new Hold(account, account + number, 1, List.of());
  }

  @Test
  void listenerThatFailsIsToldOnceAndTheRestLater() {
    AtomicInteger told = new AtomicInteger();
    Consumer<Receipt> failing =
        receipt -> {
          told.incrementAndGet();
          throw new IllegalStateException("the listener is broken");
        };
    journal.settle(holdOfNothing("ann", 1), List.of(), "", failing);
    journal.settle(holdOfNothing("ann", 2), List.of(), "", receipt -> told.incrementAndGet());
    assertThatThrownBy(() -> replay(memory)).isInstanceOf(IllegalStateException.class);
    assertThat(journal.size()).isEqualTo(1);
    replay(memory);
    assertThat(told).hasValue(2);
    assertThat(journal.isEmpty()).isTrue();
  }

  private String shard(String account) {
    return account;
  }

  /** Returns how many questions found no answer. */
  private int replay(Store store) {
    AtomicInteger failures = new AtomicInteger();
    journal.replay(
        (account, message) -> {
          boolean isTold = isTold(message, store);
          failures.addAndGet(isTold ? 0 : 1);
          return isTold;
        },
        () -> false);
    return failures.get();
  }

  private static boolean isTold(Telling.Message message, Store store) {
    try {
      message.tell(store);
      return true;
    } catch (StoreException lost) {
      return false;
    }
  }

  private long posted() throws StoreException {
    return memory.read("ann", List.of(Charge.of("cost", QUOTA, 0))).balances().get(0).posted();
  }

  private static Hold hold(String id, Instant at) {
    long micros = at.toEpochMilli() * 1000;
    long start = micros - Math.floorMod(micros, DAY);
    return new Hold("ann", id, micros, List.of(new Hold.Part("cost", QUOTA, 9, start)));
  }
}
