package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Settlements that come one to five times each, in any order and up to 24 hours late, are charged
 * once by a real server, whose clock the test sets.
 */
class RepeatedSettlementsTest {

  private static final String SEED = "tollgate.seed";
  private static final int ACCOUNTS = 200;
  private static final int MAX_TIMES = 5;
  private static final long HOLD_MICROS = Duration.ofMinutes(5).toNanos() / 1000;
  private static final int MAX_LATENESS_SECONDS = 24 * 3600;

  /** One window, so that a total is the sum of all settlements. */
  private static final Calendar ALWAYS = at -> new Calendar.Span(0, Store.MAX_AMOUNT);

  private static final Quota QUOTA =
      new Quota(ALWAYS, Store.MAX_AMOUNT, Store.MAX_AMOUNT, Store.MAX_AMOUNT, List.of());

  /** A settlement on its way. */
  private record Message(long atSecond, int tie, Hold hold, long actual) {}

  private final String run = UUID.randomUUID().toString();
  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final PriorityQueue<Message> messages =
      new PriorityQueue<>(
          (one, other) ->
              one.atSecond() == other.atSecond()
                  ? Integer.compare(one.tie(), other.tie())
                  : Long.compare(one.atSecond(), other.atSecond()));
  private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);

  @AfterAll
  static void removeClock() {
    Stores.removeClock();
  }

  @Test
  void areChargedOnce() throws StoreException {
    settleAll(3_000);
  }

  @Test
  @Tag("long")
  void areChargedOnceManyTimes() throws StoreException {
    settleAll(1_000_000);
  }

  private void settleAll(int settlements) throws StoreException {
    Stores.setClock(clock.instant());
    try (Store redis = Stores.openWithHandClock()) {
      settleAll(redis, settlements);
    }
  }

  private void settleAll(Store store, int settlements) throws StoreException {
    long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
    Random random = new Random(seed);
    long expected = 0;
    for (int i = 0; i < settlements; i++) {
      Hold hold = reserve(store, i);
      long actual = random.nextInt(1000);
      expected += actual;
      send(hold, actual, random, settlements);
      if (i % (Math.max(1, settlements / MAX_LATENESS_SECONDS)) == 0) {
        pass(Duration.ofSeconds(Math.max(1, MAX_LATENESS_SECONDS / settlements)), store);
      }
    }
    while (!messages.isEmpty()) {
      pass(Duration.ofMinutes(10), store);
    }
    assertCharged(store, seed, settlements, expected);
  }

  private Hold reserve(Store store, int number) throws StoreException {
    Charge charge = Charge.of("cost", QUOTA, 500);
    String id = "id" + number;
    Request request = new Request(account(number), id, List.of(charge), HOLD_MICROS, "");
    return store.reserve(request).admitted().orElseThrow();
  }

  private String account(int number) {
    return run + "-" + number % ACCOUNTS;
  }

  private void send(Hold hold, long actual, Random random, int settlements) {
    long now = clock.instant().getEpochSecond();
    int times = 1 + random.nextInt(MAX_TIMES);
    for (int i = 0; i < times; i++) {
      // most come soon, so that open holds stay few; the others at any time of a day
      boolean isLate = random.nextInt(50) == 0 || settlements < 50_000;
      int most = isLate ? MAX_LATENESS_SECONDS : 300;
      messages.add(new Message(now + random.nextInt(most), random.nextInt(), hold, actual));
    }
  }

  /** Lets time pass, and delivers what is due by then. */
  private void pass(Duration duration, Store store) throws StoreException {
    clock.advance(duration);
    Stores.setClock(clock.instant());
    long now = clock.instant().getEpochSecond();
    while (!messages.isEmpty() && messages.peek().atSecond() <= now) {
      Message next = messages.remove();
      Outcome outcome = store.settle(next.hold(), List.of(next.actual()), "").outcome();
      outcomes.merge(outcome, 1, Integer::sum);
    }
  }

  private void assertCharged(Store store, long seed, int settlements, long expected)
      throws StoreException {
    long charged = 0;
    long held = 0;
    for (int i = 0; i < ACCOUNTS; i++) {
      var balance = store.read(account(i), List.of(Charge.of("cost", QUOTA, 0))).balances().get(0);
      charged += balance.posted();
      held += balance.held();
    }
    System.out.printf(
        "-D%s=%d: %d settlements, %s: charged %d of %d, held %d%n",
        SEED, seed, settlements, outcomes, charged, expected, held);
    assertThat(outcomes.getOrDefault(Outcome.REPEATED, 0)).as("repeated").isPositive();
    assertThat(outcomes.getOrDefault(Outcome.LATE, 0)).as("late").isPositive();
    assertThat(charged).as("seed %d", seed).isEqualTo(expected);
    assertThat(held).as("seed %d", seed).isZero();
  }
}
