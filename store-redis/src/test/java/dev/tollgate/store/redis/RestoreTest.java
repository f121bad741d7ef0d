package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Bucket;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.ReplicatedStore;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.params.RestoreParams;

/** What the server has lost is told to it again, and counts once. */
class RestoreTest {

  private static final Duration MEMORY = Duration.ofNanos(1000 * ReplicatedStore.SETTLED_MICROS);
  private static final Quota QUOTA =
      new Quota(at -> new Calendar.Span(0, Store.MAX_AMOUNT), 100, 100, 100, List.of());
  private static final Bucket BUCKET = new Bucket(10, 60_000_000L, 10);

  private final String account = UUID.randomUUID().toString();
  private final Names names = Names.of(account);
  private Instant now = Instant.parse("2026-05-01T10:00:00Z");
  private ReplicatedStore store;

  @BeforeEach
  void openStore() {
    Stores.setClock(now);
    store = (ReplicatedStore) Stores.openWithHandClock();
  }

  @AfterEach
  void closeStore() {
    store.close();
    Stores.removeClock();
  }

  @Test
  void holdThatIsLostIsHeldAgainAndSettled() throws StoreException {
    Hold hold = reserve("lost", 90);
    lose(Map.of());

    Hold again = restore(hold, Store.NEVER).orElseThrow();

    assertThat(balance().held()).isEqualTo(90);
    assertThat(again.deadlineMicros()).isEqualTo(hold.deadlineMicros());
    assertThat(store.settle(hold, List.of(40L, 1L), "row").outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(balance().posted()).isEqualTo(40);
    assertThat(balance().held()).isZero();
    assertThat(store.rows(account)).containsExactly("row");
  }

  @Test
  void holdThatIsKnownIsLeftAsItIs() throws StoreException {
    Hold hold = reserve("known", 90);

    assertThat(restore(hold, Store.NEVER)).contains(hold);
    assertThat(balance().held()).isEqualTo(90);
  }

  @Test
  void noLimitIsInTheWayOfWhatWasHeldBefore() throws StoreException {
    Hold hold = reserve("before", 90);
    lose(Map.of());
    reserve("since", 80);

    assertThat(restore(hold, Store.NEVER)).isPresent();

    assertThat(balance().held()).isEqualTo(170);
  }

  @Test
  void settlementThatIsLostWithItsHoldIsPostedOnce() throws StoreException {
    Hold hold = reserve("settled", 90);
    store.settle(hold, List.of(40L, 1L), "row");
    lose(Map.of());

    for (int i = 0; i < 3; i++) {
      repost(hold, 40);
    }

    assertThat(balance().posted()).isEqualTo(40);
    assertThat(balance().held()).isZero();
    assertThat(store.rows(account)).containsExactly("row");
  }

  @Test
  void settlementThatIsLostAloneIsPostedOnce() throws StoreException {
    Hold hold = reserve("settled", 90);
    Map<String, byte[]> before = kept();
    store.settle(hold, List.of(40L, 1L), "row");
    lose(before);

    assertThat(restore(hold, Store.NEVER)).contains(hold);
    repost(hold, 40);

    assertThat(balance().posted()).isEqualTo(40);
  }

  @Test
  void settlementThatIsKnownChangesNothing() throws StoreException {
    Hold hold = reserve("settled", 90);
    store.settle(hold, List.of(40L, 1L), "row");

    assertThat(restore(hold, micros())).isEmpty();
    assertThat(restore(hold, Store.NEVER)).isEmpty();
    assertThat(balance().posted()).isEqualTo(40);
  }

  @Test
  void nothingIsRestoredThatMayHaveBeenSettledLongerAgoThanIsRemembered() throws StoreException {
    Hold hold = reserve("settled", 90);
    store.settle(hold, List.of(40L, 1L), "row");
    long openUntil = micros();
    advance(MEMORY.plusMillis(1));

    assertThat(restore(hold, openUntil)).isEmpty();
    assertThat(balance().posted()).isEqualTo(40);
  }

  @Test
  void nothingIsRestoredThatWasSettledPerhapsBeforeTheOldestThatIsRemembered()
      throws StoreException {
    Hold hold = reserve("lost", 90);
    long openUntil = micros();
    lose(Map.of());
    Map<String, Double> others = new HashMap<>();
    for (int i = 0; i < ReplicatedStore.MAX_SETTLED; i++) {
      others.put("other-" + i, openUntil + 1.0 + i);
    }
    Stores.CLIENT.zadd(names.all().get(5), others);

    assertThat(restore(hold, openUntil)).isEmpty();
    assertThat(restore(hold, Store.NEVER)).isPresent();
  }

  @Test
  void holdThatIsLostAndExpiredMeanwhileIsCharged() throws StoreException {
    Hold hold = reserve("late", 90);
    lose(Map.of());
    advance(Duration.ofMinutes(2));

    assertThat(restore(hold, Store.NEVER)).isPresent();

    assertThat(balance().posted()).isEqualTo(90);
    assertThat(store.rows(account)).containsExactly("memo");
  }

  @Test
  void holdThatExpiredIsFoundAndSettledLate() throws StoreException {
    Hold hold = reserve("late", 90);
    advance(Duration.ofMinutes(2));

    assertThat(restore(hold, Store.NEVER)).contains(hold);
    assertThat(store.settle(hold, List.of(40L, 1L), "").outcome()).isEqualTo(Outcome.LATE);
    assertThat(balance().posted()).isEqualTo(40);
  }

  @Test
  void manyAreToldTogetherAndCountOnce() throws StoreException {
    List<ReplicatedStore.Acknowledged> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Hold hold = reserve("id" + i, 1);
      boolean isSettled = i % 2 == 0;
      if (isSettled) {
        store.settle(hold, List.of(2L, 1L), "row");
      }
      all.add(acknowledged(hold, isSettled ? Optional.of(2L) : Optional.empty()));
    }
    lose(Map.of());

    store.restore(all);
    store.restore(all);

    assertThat(balance().posted()).isEqualTo(10);
    assertThat(balance().held()).isEqualTo(5);
    assertThat(store.rows(account)).hasSize(5);
    advance(Duration.ofHours(1));
    store.restore(all);
    assertThat(balance().posted()).as("those that were open are charged").isEqualTo(15);
  }

  @Test
  void aMinuteOfSettlementsIsToldWithinSeconds() throws StoreException {
    int count = 12_000;
    try (LocalRedis redis = LocalRedis.start();
        ReplicatedStore own = (ReplicatedStore) Stores.open(redis.uri(), Stores.DEADLINE)) {
      long deadline = (System.currentTimeMillis() + 300_000) * 1000;
      List<ReplicatedStore.Acknowledged> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Hold.Part part = new Hold.Part("cost", QUOTA, 1, 0);
        Hold hold = new Hold("caller-" + i / (count / 100), "id" + i, deadline, List.of(part));
        all.add(acknowledged(hold, Optional.of(1L)));
      }
      long began = System.nanoTime();
      for (int i = 0; i < count; i += Store.MAX_TOGETHER) {
        own.restore(all.subList(i, Math.min(i + Store.MAX_TOGETHER, count)));
      }
      long millis = (System.nanoTime() - began) / 1_000_000;
      System.out.printf("%d settlements are told in %d ms%n", count, millis);
      for (int i = 0; i < 100; i++) {
        Balance balance =
            own.read("caller-" + i, List.of(Charge.of("cost", QUOTA, 0))).balances().get(0);
        assertThat(balance.posted()).isEqualTo(count / 100);
        assertThat(balance.held()).isZero();
      }
    }
  }

  private static ReplicatedStore.Acknowledged acknowledged(Hold hold, Optional<Long> actual) {
    Optional<ReplicatedStore.Ending> ending =
        actual.map(
            used ->
                new ReplicatedStore.Ending(
                    hold.parts().stream()
                        .map(part -> part.counter().equals("rate") ? 1 : used)
                        .toList(),
                    "row"));
    return new ReplicatedStore.Acknowledged(hold, Expiry.CHARGED, "memo", ending, Store.NEVER);
  }

  private Hold reserve(String id, long amount) throws StoreException {
    List<Charge> charges = List.of(Charge.of("cost", QUOTA, amount), Charge.of("rate", BUCKET, 1));
    Request request = new Request(account, id, charges, 60_000_000L, Expiry.CHARGED, "");
    return store.reserve(request).admitted().orElseThrow();
  }

  private Optional<Hold> restore(Hold hold, long openUntil) throws StoreException {
    return store.restore(hold, Expiry.CHARGED, "memo", openUntil);
  }

  private void repost(Hold hold, long actual) throws StoreException {
    Optional<Hold> held = restore(hold, micros());
    if (held.isPresent()) {
      store.settle(held.get(), List.of(actual, 1L), "row");
    }
  }

  private Balance balance() throws StoreException {
    return store.read(account, List.of(Charge.of("cost", QUOTA, 0))).balances().get(0);
  }

  private long micros() {
    return now.toEpochMilli() * 1000;
  }

  private void advance(Duration duration) {
    now = now.plus(duration);
    Stores.setClock(now);
  }

  private Map<String, byte[]> kept() {
    Map<String, byte[]> kept = new HashMap<>();
    for (String key : names.all()) {
      byte[] value = Stores.CLIENT.dump(key);
      if (value != null) {
        kept.put(key, value);
      }
    }
    return kept;
  }

  private void lose(Map<String, byte[]> kept) {
    Stores.CLIENT.del(names.all().toArray(new String[0]));
    kept.forEach((key, value) -> Stores.CLIENT.restore(key, 3_600_000, value, new RestoreParams()));
  }
}
