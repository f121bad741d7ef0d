package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.BudgetStatus;
import dev.tollgate.Caller;
import dev.tollgate.Limit;
import dev.tollgate.LimitState;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.ProviderBudget;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Window;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A server that comes back without all that it has acknowledged, while an engine makes calls: they
 * go on and are counted, and calls that it does not know any more end without harm.
 */
class RedisRestartTest {

  private static final String SEED = "tollgate.seed";
  private static final Window MONTH = new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC);
  private static final Duration DEADLINE = Duration.ofMillis(50);

  /** Generous: other runs share the machine's processors. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final Traffic.Spent spent = new Traffic.Spent();

  /** What a caller's account must at least have, in nano-USD. */
  private final Map<String, Long> kept = new TreeMap<>();

  @Test
  void aServerThatComesBackEmptyCountsAnew() throws Exception {
    try (LocalRedis redis = LocalRedis.start();
        Tollgate engine = engine(redis.uri())) {
      run(redis, engine, () -> {}, () -> {});
    }
  }

  @Test
  void aServerThatLostItsLastSecondHasAllThatWasBefore() throws Exception {
    try (LocalRedis redis = LocalRedis.start("appendonly yes", "appendfsync everysec");
        Tollgate engine = engine(redis.uri())) {
      long[] length = new long[1];
      run(
          redis,
          engine,
          () -> {
            spent.callers().forEach(caller -> kept.put(caller, spent.nanoUsd(caller)));
            length[0] = Files.size(appended(redis));
            Thread.sleep(1000);
          },
          () -> truncate(appended(redis), length[0]));
    }
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

  private interface Step {
    void run() throws Exception;
  }

  private void run(LocalRedis redis, Tollgate engine, Step beforeEnd, Step whileAway)
      throws Exception {
    try (Traffic calls = new Traffic(engine, "before", List.of("m"), spent, seed)) {
      Thread.sleep(500);
      beforeEnd.run();
      redis.kill();
      whileAway.run();
      redis.restart();
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> !engine.health().degraded());
      calls.group("after");
      Thread.sleep(500);
      System.out.printf("-D%s=%d: %s%n", SEED, seed, calls.decisions());
    }
    Awaitility.await().atMost(PATIENCE).until(() -> engine.health().journalledSettlements() == 0);
    assertCallersAreRight(engine);
    assertBudgetIsRight(engine);
  }

  private static Tollgate engine(URI uri) {
    Limit hard = Limit.of(Meter.COST, usd("100"), MONTH);
    ProviderBudget budget = new ProviderBudget("openai", Set.of(), List.of(), hard, 0, usd("0.50"));
    PriceBook prices = new PriceBook(Map.of("m", Price.of(usd("100"), usd("100"))));
    Tier tier =
        Tier.of(
            "free",
            Limit.of(Meter.COST, usd("1000"), MONTH),
            Limit.of(Meter.REQUESTS, 1_000_000, MONTH));
    Policies policies =
        Policies.of(List.of(tier), List.of(Route.of("chat")), prices)
            .with(new Spending(List.of(budget), BreakerPolicy.OFF, AnomalyPolicy.OFF));
    return Tollgate.builder(policies, Stores.open(uri, DEADLINE)).build();
  }

  private static long usd(String amount) {
    return Money.nanoUsd(new BigDecimal(amount));
  }

  private void assertCallersAreRight(Tollgate engine) {
    long had = 0;
    long charged = 0;
    long held = 0;
    for (String caller : spent.callers()) {
      List<LimitState> states = engine.limits(new Caller(caller, "free"), "chat");
      LimitState cost = states.get(0);
      if (caller.startsWith("after")) {
        assertThat(cost.used()).as("used by %s", caller).isEqualTo(spent.nanoUsd(caller));
        assertThat(cost.held()).as("held by %s", caller).isZero();
        assertThat(states.get(1).used()).as("calls of %s", caller).isEqualTo(spent.calls(caller));
      } else {
        assertThat(cost.used() + cost.held())
            .as("used and held by %s", caller)
            .isGreaterThanOrEqualTo(kept.getOrDefault(caller, 0L));
        assertThat(cost.used()).as("used by %s", caller).isBetween(0L, spent.nanoUsd(caller));
        had += spent.nanoUsd(caller);
        charged += cost.used();
        held += cost.held();
      }
    }
    System.out.printf(
        "callers before: spent %s USD, at least %s kept; charged %s, held %s%n",
        Money.usd(had),
        Money.usd(kept.values().stream().mapToLong(Long::longValue).sum()),
        Money.usd(charged),
        Money.usd(held));
  }

  private void assertBudgetIsRight(Tollgate engine) {
    BudgetStatus status = engine.budgets().get(0);
    System.out.printf(
        "budget: spent %s USD, posted %s, leased %s%n",
        Money.usd(spent.nanoUsdOf("m")), Money.usd(status.posted()), Money.usd(status.leased()));
    assertThat(status.posted()).isBetween(0L, spent.nanoUsdOf("m"));
    assertThat(status.leased()).isBetween(0L, usd("100"));
  }
}
