package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Analytics;
import dev.tollgate.Analytics.Dimension;
import dev.tollgate.RandomCalls;
import dev.tollgate.Resolution;
import dev.tollgate.Tollgate;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Sums of many calls, and questions about many callers, on a real server. */
class AnalyticsOnRedisTest {

  private final long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
  private final LocalRedis redis = LocalRedis.start();

  @AfterEach
  void stop() {
    redis.close();
  }

  private Tollgate open() {
    Store store = Stores.open(redis.uri(), Stores.DEADLINE);
    return Tollgate.builder(RandomCalls.policies(), store).build();
  }

  @Test
  void everySumOfTwentyThousandCallsOfThreeEnginesIsExact() throws Exception {
    call(20_000);
  }

  @Test
  @Tag("long")
  void everySumOfHundredThousandCallsOfThreeEnginesIsExact() throws Exception {
    call(100_000);
  }

  private void call(int count) throws Exception {
    Instant start = Instant.now();
    List<Tollgate> engines = List.of(open(), open(), open());
    RandomCalls calls = new RandomCalls(engines, seed);
    calls.run(count, 24);
    engines.forEach(Tollgate::close);
    System.out.printf("-Dseed=%d: %d calls of three engines, summed up in Redis%n", seed, count);
    try (Tollgate reader = open()) {
      calls.assertSumsOf(reader.analytics(), start, Instant.now().plusSeconds(5));
    }
  }

  @Test
  void hundredThousandCallersOf13MonthsAreAnsweredWithin200Milliseconds() throws Exception {
    YearMonth last = YearMonth.of(2026, 3);
    try (Store store = Stores.open(redis.uri(), Stores.DEADLINE);
        Tollgate reader = open()) {
      fill(store.rollups(), "callers/" + last, 100_000);
      for (int i = 1; i < 13; i++) {
        copy("callers/" + last, "callers/" + last.minusMonths(i));
      }
      Instant in = Instant.parse("2026-03-10T12:00:00Z");
      Instant first = Instant.parse("2025-03-01T00:00:00Z");
      Analytics analytics = reader.analytics();
      String caller = "caller 77";
      List<Long> nanos = new ArrayList<>();
      for (int i = 0; i < 21; i++) {
        long start = System.nanoTime();
        assertThat(analytics.topCallers(Resolution.MONTH, in, 0, 100)).hasSize(100);
        assertThat(analytics.history(Dimension.CALLER, caller, Resolution.MONTH, first, in))
            .hasSize(13);
        nanos.add(System.nanoTime() - start);
      }
      long median = nanos.stream().sorted().toList().get(10);
      System.out.printf(
          "100,000 callers and 13 months in Redis: top 100 and one's months in %.1f ms (median)%n",
          median / 1e6);
      assertThat(median).isLessThan(Duration.ofMillis(200).toNanos());
    }
  }

  private void fill(Rollups rollups, String rollup, int rows) throws StoreException {
    Random random = new Random(seed);
    for (int i = 0; i < rows; i += Rollups.MAX_PAGE) {
      List<Rollups.Row> page =
          IntStream.range(i, i + Rollups.MAX_PAGE)
              .mapToObj(
                  number ->
                      new Rollups.Row(
                          "caller " + number,
                          Arrays.asList(random.nextLong(1L << 40), 1L, 0L, 0L, 900L, 300L, 0L)))
              .toList();
      rollups.add(
          new Rollups.Addition(
              rollup, Duration.ofDays(400).toNanos() / 1000, "writer", i + 1, page));
    }
  }

  /** A rollup of the same rows as another one: to add them takes a hundred times as long. */
  private void copy(String from, String to) {
    List<String> sources = Names.ofRollup(from).all();
    List<String> targets = Names.ofRollup(to).all();
    try (Jedis client = redis.client()) {
      for (int i = 0; i < sources.size(); i++) {
        assertThat(client.copy(sources.get(i), targets.get(i), false)).as(to).isTrue();
      }
    }
  }
}
