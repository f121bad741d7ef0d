package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Charge;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections break in the middle of a question or an answer, and every write counts once. */
class LostRepliesTest {

  private static final String SEED = "tollgate.seed";
  private static final Duration DEADLINE = Duration.ofSeconds(1);
  private static final Quota QUOTA =
      new Quota(
          at -> new dev.tollgate.store.Calendar.Span(0, Store.MAX_AMOUNT),
          1_000_000_000_000L,
          1_000_000_000_000L,
          1_000_000_000_000L,
          List.of());

  private interface Write<T> {
    T run() throws StoreException;
  }

  private final String account = UUID.randomUUID().toString();
  private int lost;

  @Test
  void chargeEveryWriteOnce() throws StoreException {
    run(300);
  }

  @Test
  @Tag("long")
  void chargeEveryWriteOnceOverManyCalls() throws StoreException {
    run(20_000);
  }

  private void run(int calls) throws StoreException {
    long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
    Random random = new Random(seed);
    long expected = 0;
    try (LocalRedis redis = LocalRedis.start();
        FaultyProxy proxy = FaultyProxy.to(redis.port());
        Store store = Stores.open(proxy.uri(), DEADLINE)) {
      for (int i = 0; i < calls; i++) {
        Request request =
            new Request(
                account, "id" + i, List.of(Charge.of("cost", QUOTA, 100)), 600_000_000L, "");
        fail(proxy, random);
        Hold hold = insist(() -> store.reserve(request)).admitted().orElseThrow();
        fail(proxy, random);
        long actual = random.nextInt(200);
        if (random.nextInt(4) == 0) {
          insist(() -> store.cancel(hold));
        } else {
          insist(() -> store.settle(hold, List.of(actual), ""));
          expected += actual;
        }
      }
      proxy.pass();
      assertCharged(store, seed, calls, expected);
    }
  }

  private void assertCharged(Store store, long seed, int calls, long expected)
      throws StoreException {
    var balance = store.read(account, List.of(Charge.of("cost", QUOTA, 0))).balances().get(0);
    System.out.printf(
        "-D%s=%d: %d calls, %d failed for their callers, charged %d of %d, held %d%n",
        SEED, seed, calls, lost, balance.posted(), expected, balance.held());
    assertThat(balance.posted()).as("seed %d", seed).isEqualTo(expected);
    assertThat(balance.held()).as("seed %d", seed).isZero();
  }

  /** Cuts about half of the writes, before the server has heard them or after. */
  private static void fail(FaultyProxy proxy, Random random) {
    switch (random.nextInt(4)) {
      case 0 -> proxy.cutAnswersAfter(random.nextInt(120));
      case 1 -> proxy.cutQuestionsAfter(random.nextInt(400));
      default -> proxy.pass();
    }
  }

  private <T> T insist(Write<T> write) throws StoreException {
    for (int tries = 0; tries < 10; tries++) {
      try {
        return write.run();
      } catch (StoreException unknown) {
        lost++;
      }
    }
    return write.run();
  }
}
