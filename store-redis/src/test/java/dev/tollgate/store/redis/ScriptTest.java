package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Bucket;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import dev.tollgate.store.Surge;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the script leaves in the server. */
class ScriptTest {

  private static final long HOUR = 3_600_000_000L;
  private static final Calendar HOURS =
      at -> new Calendar.Span(at - Math.floorMod(at, HOUR), at - Math.floorMod(at, HOUR) + HOUR);
  private static final List<Charge> CHARGES =
      List.of(
          Charge.of("rate", new Bucket(1000, 60_000_000L, 100_000), 1),
          Charge.of("tokens", new Quota(HOURS, 100_000, 100_000, 100_000, List.of()), 2));

  private final String account = UUID.randomUUID().toString();
  private final Names names = Names.of(account);
  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private Store store;

  @BeforeEach
  void openStore() {
    Stores.setClock(clock.instant());
    store = Stores.openWithHandClock();
  }

  @AfterEach
  void closeStore() {
    store.close();
    Stores.removeClock();
  }

  @Test
  void everyKeyExpires() throws StoreException {
    reserve("settled", Duration.ofSeconds(10));
    reserve("expired", Duration.ofSeconds(10));
    advance(Duration.ofSeconds(11));
    Hold live = reserve("live", Duration.ofSeconds(10));
    assertThat(Stores.CLIENT.exists(names.all().toArray(new String[0]))).isEqualTo(5);
    List<String> kept = names.all().subList(0, 5);
    for (String key : kept) {
      assertThat(Stores.CLIENT.pttl(key))
          .as(key)
          .isBetween(Duration.ofHours(48).toMillis(), Duration.ofHours(50).toMillis());
    }
    store.cancel(live);
    assertThat(Stores.CLIENT.pttl(names.all().get(5)))
        .isBetween(1L, Duration.ofMinutes(10).toMillis());
  }

  @Test
  void keyOfARollingWindowLivesNoLongerThanItsDebt() throws StoreException {
    Bucket bucket = new Bucket(1, 1_000_000L, 10);
    Charge charge = Charge.of("rate", bucket, 1);
    store.reserve(new Request(account, "id", List.of(charge), 0, ""));
    assertThat(Stores.CLIENT.pttl(names.all().get(0))).isBetween(60_000L, 140_000L);
    Request held = new Request(account, "held", List.of(charge), 1_000_000L, "");
    Hold hold = store.reserve(held).admitted().orElseThrow();
    long week = Duration.ofDays(7).toSeconds();
    store.settle(hold, List.of(week), "");
    assertThat(Stores.CLIENT.pttl(names.all().get(0))).isGreaterThan(week * 1000);
  }

  @Test
  void settledHoldsLeaveNothingBehind() throws StoreException {
    List<Hold> holds = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      holds.add(reserve("id" + i, Duration.ofSeconds(10)));
    }
    advance(Duration.ofSeconds(5));
    holds.add(reserve("later", Duration.ofSeconds(10)));
    advance(Duration.ofSeconds(6));
    for (Hold hold : holds) {
      Outcome expected = hold.id().equals("later") ? Outcome.APPLIED : Outcome.LATE;
      assertThat(store.settle(hold, List.of(1L, 2L), "").outcome()).isEqualTo(expected);
    }
    assertThat(Stores.CLIENT.exists(names.all().subList(1, 4).toArray(new String[0]))).isZero();
  }

  @Test
  void tombstonesAreForgottenInTime() throws StoreException {
    Hold old = reserve("old", Duration.ofSeconds(10));
    reserve("young", Duration.ofHours(24));
    advance(Duration.ofSeconds(11));
    store.read(account, CHARGES);
    assertThat(Stores.CLIENT.hlen(names.all().get(1))).isEqualTo(2);
    advance(Duration.ofHours(48));
    assertThat(store.settle(old, List.of(1L, 2L), "").outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(Stores.CLIENT.hkeys(names.all().get(1))).containsExactly("young");
  }

  @Test
  void refundToAnAccountThatWasLostExpires() throws StoreException {
    Request request = new Request(account, "id", List.of(CHARGES.get(1)), 0, "");
    Hold posted = store.reserve(request).admitted().orElseThrow();
    Stores.CLIENT.del(names.all().toArray(new String[0]));
    store.cancel(posted);
    assertThat(Stores.CLIENT.pttl(names.all().get(0)))
        .as("-1: never, -2: there is no key")
        .matches(millis -> millis == -2 || 0 < millis && millis <= 120_000);
  }

  @Test
  void readOfAnUnknownAccountLeavesNothing() throws StoreException {
    store.read(account, CHARGES);
    assertThat(Stores.CLIENT.exists(names.all().toArray(new String[0]))).isZero();
  }

  @Test
  void holdsThatExpireTogetherAreAllReleasedInTheOrderOfTheirDeadlines() throws StoreException {
    int many = 1200;
    for (int i = 0; i < many; i++) {
      reserve("id" + i, Duration.ofMillis(10_000 - i));
    }
    advance(Duration.ofSeconds(11));
    assertThat(store.read(account, CHARGES).balances().get(1).held()).isZero();
    assertThat(store.rows(account)).hasSize(Store.MAX_ROWS).startsWith("memo id0", "memo id1");
    assertThat(Stores.CLIENT.hlen(names.all().get(1))).isEqualTo(many);
    assertThat(Stores.CLIENT.zcard(names.all().get(2))).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "MAX_AMOUNT, " + Store.MAX_AMOUNT,
    "MAX_HOLDS, " + Store.MAX_HOLDS,
    "MAX_ROWS, " + Store.MAX_ROWS,
    "TOMBSTONE, " + Store.TOMBSTONE_MICROS,
    "MAX_LEVEL, " + Bucket.MAX_LEVEL_MICROS,
    "FLAG, " + Surge.FLAG_MICROS,
  })
  void constantsAreTheStores(String name, long value) {
    String definition =
        Script.Set.load()
            .counting()
            .text()
            .lines()
            .filter(line -> line.startsWith("local " + name + " = "))
            .findFirst()
            .orElseThrow();
    String product =
        Stores.CLIENT.eval(definition + " return string.format('%.0f', " + name + ")").toString();
    assertThat(product).isEqualTo(Long.toString(value));
  }

  @Test
  void documentExpires400DaysAfterItWasWritten() throws StoreException {
    store.replace(account, 0, "text");
    assertThat(Stores.CLIENT.pttl(Names.ofDocument(account).all().get(0)))
        .isBetween(Store.DOCUMENT_MICROS / 1000 - 60_000, Store.DOCUMENT_MICROS / 1000);
  }

  @Test
  void rollupExpiresAfterTheTimeOfItsLastAddition() throws StoreException {
    List<Rollups.Row> rows = List.of(new Rollups.Row("key", List.of(1L)));
    for (long seconds : new long[] {1000, 2000, 500}) {
      store
          .rollups()
          .add(new Rollups.Addition(account, seconds * 1_000_000, "w" + seconds, 1, rows));
    }
    for (String key : Names.ofRollup(account).all()) {
      assertThat(Stores.CLIENT.pttl(key)).as(key).isBetween(1_900_000L, 2_000_000L);
    }
  }

  private Hold reserve(String id, Duration hold) throws StoreException {
    Request request = new Request(account, id, CHARGES, hold.toNanos() / 1000, "memo " + id);
    return store.reserve(request).admitted().orElseThrow();
  }

  private void advance(Duration duration) {
    clock.advance(duration);
    Stores.setClock(clock.instant());
  }
}
