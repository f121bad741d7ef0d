package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.Tollgate;
import dev.tollgate.store.redis.Spent.Difference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** An engine whose store is far away, and then too far. */
class SlowNetworkTest {

  private static final String SEED = "tollgate.seed";

  /** A server that was answering may be silent for three of these. */
  private static final Duration DEADLINE = Duration.ofMillis(100);

  /** In each direction. */
  private static final int SLOW_MILLIS = 10;

  private static final int TOO_SLOW_MILLIS = 200;
  private static final int CALLS = 100;
  private static final String MODEL = "m";
  private static final String FAR = "far";
  private static final String TOO_FAR = "too-far";
  private static final String DEGRADED = "let in while degraded";

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final Spent spent = new Spent();

  @Test
  void aSlowNetworkIsUsedAndOneThatIsTooSlowIsLeftUntilItIsFaster() throws Exception {
    try (LocalRedis redis = LocalRedis.start();
        FaultyProxy proxy = FaultyProxy.to(redis.port());
        Tollgate engine = engine(proxy)) {
      proxy.delayMillis(SLOW_MILLIS);
      try (Traffic calls = new Traffic(engine, FAR, List.of(MODEL), spent, seed)) {
        calls.awaitCalls(CALLS);
        System.out.printf(
            "-D%s=%d: %d ms in each direction: %s, %s%n",
            SEED, seed, SLOW_MILLIS, calls.decisions(), calls.times());
        assertThat(calls.decisions().getOrDefault(DEGRADED, 0L))
            .as("without the store: more only where the machine itself stands still")
            .isLessThan(CALLS / 4);
      }
      assertCharged(engine, FAR);
      try (Traffic calls = new Traffic(engine, TOO_FAR, List.of(MODEL), spent, ~seed)) {
        calls.awaitCalls(CALLS);
        proxy.delayMillis(TOO_SLOW_MILLIS);
        calls.awaitDecision(DEGRADED);
        calls.awaitCalls(CALLS);
        assertThat(engine.health().degraded()).isTrue();
        proxy.pass();
        long passed = System.nanoTime();
        await(() -> !engine.health().degraded());
        System.out.printf(
            "%d ms: %s, %s; decided by the store again %d ms afterwards%n",
            TOO_SLOW_MILLIS,
            calls.decisions(),
            calls.times(),
            (System.nanoTime() - passed) / 1_000_000);
        calls.awaitCalls(CALLS);
      }
      assertCharged(engine, TOO_FAR);
    }
  }

  private void assertCharged(Tollgate engine, String group) {
    await(() -> engine.health().journalledSettlements() == 0);
    Difference difference = spent.difference(engine, group);
    assertThat(difference)
        .as("what the store has and the callers have not used")
        .isEqualTo(Difference.NONE);
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(condition);
  }

  private static Tollgate engine(FaultyProxy proxy) {
    PriceBook prices = new PriceBook(Map.of(MODEL, Price.of(1_000_000_000, 1_000_000_000)));
    Policies policies = Policies.of(List.of(Spent.TIER), List.of(Route.of(Spent.ROUTE)), prices);
    return Tollgate.builder(policies, Stores.open(proxy.uri(), DEADLINE)).build();
  }
}
