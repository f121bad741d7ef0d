package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.BudgetStatus;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Provider;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tollgate;
import dev.tollgate.store.redis.Spent.Difference;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A server that comes back without all that it has acknowledged, while an engine makes calls: they
 * go on, and what this engine has spent is known again. What another one had spent that has ended
 * since is known as far as it was on the disk.
 */
class RedisRestartTest {

  private static final String SEED = "tollgate.seed";
  private static final Duration DEADLINE = Duration.ofMillis(50);

  /** Generous: other runs share the machine's processors. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final int CALLS = 30;
  private static final String ENDED = "ended";
  private static final String GOING_ON = "going-on";

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final Spent spent = new Spent();

  @Test
  void aServerThatComesBackEmptyHasForgottenWhoHasEnded() throws Exception {
    try (LocalRedis redis = LocalRedis.start()) {
      makeCalls(redis);
      long before = spent.nanoUsd(ENDED);
      goOnThrough(redis, () -> {});
      try (Tollgate engine = engine(redis.uri())) {
        assertThat(spent.difference(engine, ENDED).nanoUsd()).isEqualTo(before);
        assertPosted(engine, spent.nanoUsd(GOING_ON));
      }
    }
  }

  @Test
  void aServerThatHasLostItsLatestWritesHasAllThatWasBefore() throws Exception {
    // whatever it has answered is in the file then
    try (LocalRedis redis = LocalRedis.start("appendonly yes", "appendfsync always")) {
      makeCalls(redis);
      long length = Files.size(appended(redis));
      goOnThrough(redis, () -> truncate(appended(redis), length));
      try (Tollgate engine = engine(redis.uri())) {
        assertThat(spent.difference(engine, ENDED)).isEqualTo(Difference.NONE);
        assertPosted(engine, spent.nanoUsd(GOING_ON) + spent.nanoUsd(ENDED));
      }
    }
  }

  /** By an engine that ends afterwards. */
  private void makeCalls(LocalRedis redis) {
    try (Tollgate engine = engine(redis.uri());
        Traffic calls = new Traffic(engine, ENDED, List.of(ENDED), spent, seed)) {
      calls.awaitCalls(CALLS);
    }
  }

  private interface Loss {
    void happen() throws IOException;
  }

  /** Calls of another engine, while the server is killed and comes back. */
  private void goOnThrough(LocalRedis redis, Loss loss) throws IOException {
    try (Tollgate engine = engine(redis.uri())) {
      try (Traffic calls = new Traffic(engine, GOING_ON, List.of(GOING_ON), spent, ~seed)) {
        calls.awaitCalls(CALLS);
        redis.kill();
        loss.happen();
        redis.restart();
        await(() -> !engine.health().degraded());
        calls.awaitCalls(CALLS);
        System.out.printf("-D%s=%d: %s%n", SEED, seed, calls.decisions());
      }
      await(
          () -> {
            Difference difference = spent.difference(engine, GOING_ON);
            return difference.equals(Difference.NONE);
          });
    }
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(condition);
  }

  /** The file that the server appends to: later versions keep it in a directory of its own. */
  private static Path appended(LocalRedis redis) throws IOException {
    try (Stream<Path> files = Files.walk(redis.directory())) {
      return files
          .filter(file -> file.toString().endsWith(".aof"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  private static void truncate(Path file, long length) throws IOException {
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
      System.out.printf("%d of %d bytes are left of the file%n", length, opened.length());
      opened.setLength(length);
    }
  }

  private static Tollgate engine(URI uri) {
    Limit hard = Limit.of(Meter.COST, usd("100"), Spent.month());
    Provider budget = new Provider("openai", Set.of(), List.of()).hardLimit(hard, 0, usd("0.50"));
    Price price = Price.of(usd("100"), usd("100"));
    PriceBook prices = new PriceBook(Map.of(ENDED, price, GOING_ON, price));
    Policies policies =
        Policies.of(List.of(Spent.TIER), List.of(Route.of(Spent.ROUTE)), prices)
            .with(new Spending(List.of(budget), BreakerPolicy.OFF, AnomalyPolicy.OFF));
    return Tollgate.builder(policies, Stores.open(uri, DEADLINE)).build();
  }

  private static long usd(String amount) {
    return Money.nanoUsd(new BigDecimal(amount));
  }

  private void assertPosted(Tollgate engine, long nanoUsd) {
    BudgetStatus status = engine.budgets().get(0);
    System.out.printf(
        "ended engine: spent %s USD, difference %s; the other: spent %s USD, difference %s;"
            + " budget: posted %s USD, leased %s%n",
        Money.usd(spent.nanoUsd(ENDED)),
        spent.difference(engine, ENDED),
        Money.usd(spent.nanoUsd(GOING_ON)),
        spent.difference(engine, GOING_ON),
        Money.usd(status.posted()),
        Money.usd(status.leased()));
    assertThat(status.posted()).isEqualTo(nanoUsd);
    assertThat(status.leased()).isZero();
  }
}
