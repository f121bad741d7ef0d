package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Provider;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tollgate;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Money is leased from a real master only when its replica has heard. */
class UncertainLeaseTest {

  private static final Quota QUOTA =
      new Quota(at -> new Calendar.Span(0, Store.MAX_AMOUNT), 100, 100, 100, List.of());

  private static final long USD = 1_000_000_000L;

  private LocalRedis master;
  private LocalRedis replica;
  private Store store;

  @BeforeEach
  void start() {
    master = LocalRedis.start("repl-diskless-sync yes", "repl-diskless-sync-delay 0");
    replica = LocalRedis.start("replicaof 127.0.0.1 " + master.port());
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              // online is a replica already while it has still to read what it was sent
              try (Jedis client = master.client()) {
                client.set("heard", "yes");
                return client.waitReplicas(1, 1000) == 1;
              }
            });
    store = Stores.open(master.uri(), Duration.ofMillis(500));
  }

  @AfterEach
  void stop() {
    store.close();
    replica.close();
    master.close();
  }

  @Test
  void aReplicaThatIsSilentRefusesMoneyAndNamesWhatIsToBeGivenBack() throws StoreException {
    assertThat(reserve("heard", Expiry.CHARGED).outcome()).isEqualTo(Outcome.FULL);
    replica.suspend();

    Receipt unheard = reserve("unheard", Expiry.CHARGED);
    assertThat(unheard.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(unheard.admitted().map(Hold::id)).contains("unheard");
    assertThat(held()).isEqualTo(20);
    store.cancel(unheard.admitted().orElseThrow());
    assertThat(held()).isEqualTo(10);
    assertThat(reserve("caller", Expiry.RELEASED).outcome()).isEqualTo(Outcome.FULL);

    replica.resume();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> reserve("again", Expiry.CHARGED).outcome() == Outcome.FULL);
  }

  @Test
  void anEngineRefusesTheCallAndGivesTheMoneyBack() {
    Provider budget =
        new Provider("openai", Set.of(), List.of())
            .hardLimit(Limit.of(Meter.COST, USD, Spent.month()), 0, USD / 100);
    Price price = Price.of(USD, USD);
    Policies policies =
        Policies.of(
                List.of(Spent.TIER),
                List.of(Route.of(Spent.ROUTE)),
                new PriceBook(Map.of("m", price)))
            .with(new Spending(List.of(budget), BreakerPolicy.OFF, AnomalyPolicy.OFF));
    replica.suspend();
    try (Tollgate engine = Tollgate.builder(policies, store).build()) {
      Caller caller = new Caller("caller", Spent.TIER.name());
      Decision decision = engine.reserve(Call.of(caller, Spent.ROUTE).model("m").estimate(10, 10));
      assertThat(decision)
          .isInstanceOfSatisfying(
              Decision.Refused.class,
              refused ->
                  assertThat(refused.refusal()).isInstanceOf(Decision.Refusal.BudgetInUse.class));
      assertThat(engine.budgets().get(0).leased()).isZero();
    }
  }

  private Receipt reserve(String id, Expiry expiry) throws StoreException {
    List<Charge> charges = List.of(Charge.of("cost", QUOTA, 10));
    return store.reserve(new Request("account", id, charges, 600_000_000L, expiry, ""));
  }

  private long held() throws StoreException {
    return store.read("account", List.of(Charge.of("cost", QUOTA, 0))).balances().get(0).held();
  }
}
