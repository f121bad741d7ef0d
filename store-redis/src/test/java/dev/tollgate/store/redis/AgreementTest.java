package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Bound;
import dev.tollgate.store.Bucket;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.Hold;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import dev.tollgate.store.Surge;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Does what the memory store does: the same random operations at the same times must give the same
 * answers to the last digit, for small limits and for the largest.
 */
class AgreementTest {

  private static final int OPERATIONS = 1500;
  private static final String SEED = "tollgate.seed";
  private static final Calendar WINDOWS = at -> window(at, 50_000);
  private static final Calendar LONG_WINDOWS = at -> window(at, 400_000);

  private final HandClock clock = new HandClock(Instant.parse("2026-03-29T00:59:59Z"));
  private final Store memory = new MemoryStore(10, clock);
  private final List<Hold> holds = new ArrayList<>();
  private final Map<String, Request> requests = new HashMap<>();

  @AfterAll
  static void removeClock() {
    Stores.removeClock();
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 1000, 1_000_000_007L, Store.MAX_AMOUNT})
  void answersEqualTheMemoryStoresForLimitsUpTo(long scale) throws StoreException {
    long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
    Random random = new Random(seed);
    Stores.setClock(clock.instant());
    try (Store redis = Stores.openWithHandClock()) {
      String account = UUID.randomUUID().toString();
      for (int i = 0; i < OPERATIONS; i++) {
        clock.advance(Duration.ofNanos(1000L * random.nextInt(random.nextInt(20) + 1) * 1000));
        Stores.setClock(clock.instant());
        Step<?> step = step(account, random, scale);
        assertThat(step.on(redis)).as("-D%s=%d, step %d", SEED, seed, i).isEqualTo(step.on(memory));
      }
    }
  }

  private interface Step<T> {
    T on(Store store) throws StoreException;
  }

  private Step<?> step(String account, Random random, long scale) {
    int kind = random.nextInt(20);
    if (kind < 8 || holds.isEmpty()) {
      String id = "id" + random.nextInt(OPERATIONS);
      Request request = requests.computeIfAbsent(id, absent -> request(account, id, random, scale));
      return store -> {
        Receipt receipt = store.reserve(request);
        receipt.admitted().filter(hold -> !holds.contains(hold)).ifPresent(holds::add);
        return receipt;
      };
    }
    Hold hold = holds.get(random.nextInt(holds.size()));
    if (kind < 15 && hold.isKept()) {
      List<Long> actual =
          hold.parts().stream().map(part -> amount(random, part.amount() * 2)).toList();
      return store -> store.settle(hold, actual, "settled " + hold.id());
    }
    if (kind < 17) {
      return store -> store.cancel(hold);
    }
    List<Charge> charges = request(account, "read", random, scale).charges();
    return store -> store.read(account, charges);
  }

  private Request request(String account, String id, Random random, long scale) {
    List<Charge> charges = new ArrayList<>();
    for (Bound bound : bounds(random, scale)) {
      long amount = amount(random, bound instanceof Surge ? 3 : bound.capacity());
      charges.add(new Charge("c" + charges.size(), bound, amount, amount(random, amount)));
    }
    long holdMicros = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(100_000);
    Expiry expiry = random.nextBoolean() ? Expiry.CHARGED : Expiry.RELEASED;
    String memo = random.nextBoolean() ? "memo " + id : "";
    return new Request(account, id, charges, holdMicros, expiry, memo);
  }

  private static List<Bound> bounds(Random random, long scale) {
    long limit = scale - random.nextInt(2);
    List<Long> notices = List.of(limit / 2, limit - 1);
    Surge.Action action = Surge.Action.values()[random.nextInt(3)];
    return List.of(
        new Bucket(limit, 1_000_000, Math.max(1, limit / 3)),
        new Quota(WINDOWS, limit, limit, limit, notices),
        new Bucket(Math.max(1, limit / 7), 3_000_000, limit),
        new Quota(LONG_WINDOWS, limit, limit / 2, limit, Collections.nCopies(8, limit / 3)),
        new Surge(LONG_WINDOWS, 1 + random.nextInt(50), action));
  }

  private static Calendar.Span window(long at, long length) {
    long start = at - Math.floorMod(at, length);
    return new Calendar.Span(start, start + length);
  }

  /** Mostly small, at times large. */
  private static long amount(Random random, long most) {
    long bound = random.nextInt(8) == 0 ? most : most / 20;
    return bound <= 0 ? Math.max(0, most) : random.nextLong(Math.min(bound, Store.MAX_AMOUNT) + 1);
  }
}
