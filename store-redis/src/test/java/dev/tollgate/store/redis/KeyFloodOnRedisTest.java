package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.Window;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** A flood of distinct callers on a real server: all that it leaves there goes by itself. */
class KeyFloodOnRedisTest {

  private static final int KEYS = 3_000;

  /** The rest of a month, and two more for settlements that come late. */
  private static final Duration LONGEST = Duration.ofDays(3 * 31 + 1);

  private static Policies policies() {
    Tier free =
        Tier.of(
            "free",
            Limit.rate(Meter.REQUESTS, 10, Duration.ofMinutes(1), 20),
            month(Meter.REQUESTS, 200),
            month(Meter.TOKENS, 1_000_000),
            month(Meter.COST, 5_000_000_000L));
    PriceBook prices = new PriceBook(Map.of("m", Price.of(1_000, 1_000)));
    Spending watched =
        new Spending(
            List.of(), BreakerPolicy.OFF, new AnomalyPolicy(AnomalyPolicy.Action.ALERT, Map.of()));
    return Policies.of(List.of(free), List.of(Route.of("chat")), prices).with(watched);
  }

  private static Limit month(Meter meter, long amount) {
    return Limit.of(meter, amount, new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC));
  }

  @Test
  void everyKeyOfAFloodExpires() throws Exception {
    try (LocalRedis redis = LocalRedis.start();
        Jedis observer = new Jedis("127.0.0.1", redis.port())) {
      long before = usedBytes(observer);
      try (Tollgate tollgate =
          Tollgate.builder(policies(), Stores.open(redis.uri(), Stores.DEADLINE)).build()) {
        IntStream.range(0, KEYS).parallel().forEach(number -> call(tollgate, "flood-" + number));
        List<Long> millisLeft = observer.keys("*").stream().map(observer::pttl).toList();
        List<Long> ofCallers =
            millisLeft.stream().filter(left -> left <= LONGEST.toMillis()).toList();
        long longest = ofCallers.stream().mapToLong(left -> left).max().orElseThrow();
        System.out.printf(
            "%d callers, one settled call each: %d keys, %d bytes a caller, gone within %.1f days%n",
            KEYS,
            millisLeft.size(),
            (usedBytes(observer) - before) / KEYS,
            longest / (double) Duration.ofDays(1).toMillis());
        assertThat(millisLeft).hasSizeBetween(KEYS, 4 * KEYS);
        assertThat(millisLeft).allMatch(left -> left > 0);
        assertThat(millisLeft.size() - ofCallers.size()).as("sums of all").isLessThan(50);
        assertThat((usedBytes(observer) - before) / KEYS).isLessThan(4096);
      }
    }
  }

  private static void call(Tollgate tollgate, String id) {
    Call call = Call.of(new Caller(id, "free"), "chat").model("m").estimate(30, 30);
    tollgate.reserve(call).orThrow().settle(Usage.of(30, 30));
  }

  private static long usedBytes(Jedis observer) {
    return observer
        .info("memory")
        .lines()
        .filter(line -> line.startsWith("used_memory:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .sum();
  }
}
