package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Bucket;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Processes of several releases on one server. */
class SchemaTest {

  private static final String SEED = "tollgate.seed";
  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
  private static final long DAY = Duration.ofDays(1).toNanos() / 1000;
  private static final Calendar DAYS =
      at -> new Calendar.Span(at - Math.floorMod(at, DAY), at - Math.floorMod(at, DAY) + DAY);
  private static final List<Charge> CHARGES =
      List.of(
          Charge.of("rate", new Bucket(60, 60_000_000L, 10), 1),
          Charge.of("tokens", new Quota(DAYS, 1000, 1000, 1000, List.of(500L)), 100));

  private final String account = UUID.randomUUID().toString();
  private final Names names = Names.of(account);

  @AfterEach
  void removeClock() {
    Stores.removeClock();
  }

  /** A fix changes a script's text, and so the name that the server knows it by, not its keys. */
  @Test
  void scriptsOfTwoReleasesWithTheSameSchemaCountTogetherExactly() throws Exception {
    long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
    Script.Set newer = Script.Set.load();
    Script older = Script.of(newer.counting().text() + "\n-- of the release before\n");
    Script.Set olderSet = new Script.Set(older, newer.documents(), newer.rollups(), newer.rights());
    RedisAddress address = RedisAddress.parse(LocalRedis.shared());
    List<String> callers = IntStream.range(0, 60).mapToObj(i -> account + "-" + i).toList();
    try (Store one = new RedisStore(address, newer, Stores.DEADLINE, InstantSource.system());
        Store two = new RedisStore(address, olderSet, Stores.DEADLINE, InstantSource.system())) {
      Load load = new Load(List.of(one, two), callers, 4, seed);
      try (load) {
        load.awaitMore(4000);
      }
      Load.Outcomes outcomes = load.outcomes();
      System.out.printf(
          "-D%s=%d: two releases, %d operations for %d callers, %d at their limit: %s%n",
          SEED, seed, load.operations(), load.callers(), load.exhausted(), outcomes);
      assertThat(load.failures()).isEmpty();
      assertThat(outcomes.wrong()).isZero();
    }
  }

  /** Another schema has keys of its own: neither sees what the other counts. */
  @Test
  void schemasDoNotTouchEachOthersKeys() throws StoreException {
    Script.Set scripts = Script.Set.load();
    Names others = new Names(names.all().stream().map(SchemaTest::ofTheNextSchema).toList());
    RedisAddress address = RedisAddress.parse(LocalRedis.shared());
    try (Store store = Stores.open();
        Topology topology = Topology.of(address, new Lineage(System::nanoTime))) {
      Courier next = new Courier(topology, Stores.DEADLINE);
      Request request = new Request(account, "id", CHARGES, 60_000_000L, "");
      Hold hold = store.reserve(request).admitted().orElseThrow();
      next.bring(
          new Courier.Parcel(
              Script.of(scripts.counting().text() + "\n-- of the next schema\n"),
              others,
              Operation.reset(),
              Courier.Care.REPEATABLE),
          Stores.DEADLINE.toNanos());
      assertThat(store.settle(hold, List.of(1L, 70L), "row").outcome()).isEqualTo(Outcome.APPLIED);
      assertThat(store.read(account, CHARGES).balances().get(1).posted()).isEqualTo(70);
      assertThat(names.all()).allMatch(key -> key.startsWith("tollgate1:"));
      assertThat(others.all()).doesNotContainAnyElementsOf(names.all());
    }
  }

  private static String ofTheNextSchema(String key) {
    return key.replace("tollgate1:", "tollgate2:");
  }

  /** What a server has kept of an account since before an upgrade: one call open, one settled. */
  @Test
  void whatWasRecordedIsStillUnderstood() throws StoreException {
    Stores.setClock(NOW);
    Stores.CLIENT.hset(
        names.all().get(0),
        Map.of(
            "b:rate",
            "1773144002000000 0 60",
            "q:tokens",
            "1773100800000000 70 100 1773187200000000 0 -1 0 0",
            "account",
            "1773230400000000 1 1773403320000000"));
    Stores.CLIENT.hset(
        names.all().get(1),
        "open",
        "likely RELEASED 1773230400000000 b:rate 1 1773144001000000 1000000 0"
            + " q:tokens 100 1773100800000000 0 0\nmemo");
    Stores.CLIENT.zadd(names.all().get(2), 1_773_230_400_000_000.0, "open");
    Stores.CLIENT.lpush(names.all().get(4), "row");
    try (Store store = Stores.openWithHandClock()) {
      Request again = new Request(account, "open", CHARGES, DAY, "memo");
      Receipt receipt = store.reserve(again);
      Balance tokens = receipt.balances().get(1);
      assertThat(receipt.balances().get(0).remaining()).isEqualTo(8);
      assertThat(List.of(tokens.posted(), tokens.held())).containsExactly(70L, 100L);
      Hold hold = receipt.admitted().orElseThrow();
      assertThat(store.settle(hold, List.of(1L, 80L), "later").outcome())
          .isEqualTo(Outcome.APPLIED);
      tokens = store.read(account, CHARGES).balances().get(1);
      assertThat(List.of(tokens.posted(), tokens.held())).containsExactly(150L, 0L);
      assertThat(store.rows(account)).containsExactly("later", "row");
    }
  }
}
