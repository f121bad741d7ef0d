package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Charge;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Quota;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * Random histories of processes that spend one budget through a store that loses questions and
 * answers, against the plainest oracle there is: the sum of what was spent and may be spent.
 */
class BudgetHistoriesTest {

  private static final String SEED = "tollgate.seed";
  private static final int STEPS = 4000;
  private static final long LIMIT = 1_000_000;
  private static final long SLICE = 10_000;
  private static final long RESERVE = 100_000;
  private static final Window.Calendar MONTHS =
      new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC);

  private record OpenCall(BudgetClaim claim, long worst, long windowStart) {}

  /** A process: what it has open is lost when it is killed. */
  private static final class Node {
    final StoreGuard guard;
    final Budgets budgets;
    final List<OpenCall> open = new ArrayList<>();

    Node(FaultyStore store, HandClock clock, long limit) {
      guard = new StoreGuard(store, Optional.empty());
      budgets = new Budgets(guard, new ReservationIds(), clock, alert -> {}, OptionalLong::empty);
      budgets.reload(spending(limit));
    }
  }

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final Random random = new Random(seed);
  private final HandClock clock = new HandClock(Instant.parse("2026-01-31T20:00:00Z"));
  private final MemoryStore store = new MemoryStore(100, clock);
  private final FaultyStore line = new FaultyStore(store, random);
  private final List<Node> nodes = new ArrayList<>();

  /** What was spent in each window, and may have been by processes that were killed. */
  private final Map<Long, Long> spent = new HashMap<>();

  private long limit = LIMIT;
  private long highest = LIMIT;
  private int admitted;
  private int kills;

  private static Spending spending(long limit) {
    Provider budget =
        new Provider("openai", Set.of(), List.of())
            .hardLimit(Limit.of(Meter.COST, limit, MONTHS), RESERVE, SLICE);
    return new Spending(List.of(budget), BreakerPolicy.OFF, AnomalyPolicy.OFF);
  }

  private Node newNode() {
    return new Node(line, clock, limit);
  }

  private long windowStart() {
    Instant now = clock.instant();
    return MONTHS.at(now.getEpochSecond() * 1_000_000L).startMicros();
  }

  @RepeatedTest(10)
  void neverIsMoreSpentThanTheLimitWhateverIsLostOrKilledOrReloaded() throws StoreException {
    for (int i = 0; i < 3; i++) {
      nodes.add(newNode());
    }
    for (int step = 0; step < STEPS; step++) {
      step(random.nextInt(100), true);
      checkNothingIsOverspent(step);
    }
    System.out.printf(
        "-D%s=%d: %d calls let in, %d kills, spent %s%n", SEED, seed, admitted, kills, spent);
  }

  @RepeatedTest(10)
  void nothingLeaksWhileNoProcessIsKilled() throws StoreException {
    clock.set(Instant.parse("2026-01-10T00:00:00Z"));
    for (int i = 0; i < 3; i++) {
      nodes.add(newNode());
    }
    for (int step = 0; step < STEPS; step++) {
      int kind = random.nextInt(100);
      if (kind < 90) {
        step(kind, false);
      } else {
        line.lostPercent = random.nextInt(3) * 15;
        clock.advance(Duration.ofMillis(random.nextInt(3000)));
        nodes.forEach(node -> settleSome(node, 0));
      }
      checkNothingIsOverspent(step);
    }
    line.lostPercent = 0;
    nodes.forEach(node -> settleSome(node, 0));
    for (int i = 0; i < 5; i++) {
      clock.advance(Duration.ofSeconds(20));
      nodes.forEach(this::tend);
    }
    Balance end = balance();
    assertThat(end.held()).as("-D%s=%d: held", SEED, seed).isZero();
    assertThat(end.posted())
        .as("-D%s=%d: posted", SEED, seed)
        .isEqualTo(spent.getOrDefault(windowStart(), 0L));
  }

  @Test
  void whatAKilledProcessHadIsChargedAtItsLeasesEnd() throws StoreException {
    Node node = newNode();
    node.budgets.claim(call(), "m", Criticality.OPTIONAL, 500).settle(200);
    node.budgets.claim(call(), "m", Criticality.OPTIONAL, 500);
    clock.advance(Duration.ofMinutes(16));
    assertThat(balance().held()).isZero();
    assertThat(balance().posted()).isEqualTo(SLICE);
  }

  @Test
  void aPauseLongerThanALeaseLosesNothing() throws StoreException {
    Node node = newNode();
    BudgetClaim claim = node.budgets.claim(call(), "m", Criticality.OPTIONAL, 500);
    tend(node);
    clock.advance(Duration.ofMinutes(20));
    assertThat(balance().posted()).as("charged when it expired").isEqualTo(SLICE);
    claim.settle(200);
    tend(node);
    assertThat(balance().posted()).isEqualTo(200);
  }

  @Test
  void threadsLoseNothingWhileLeasesComeAndGo() throws Exception {
    List<Budgets> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      StoreGuard guard = new StoreGuard(store, Optional.empty());
      Budgets budgets =
          new Budgets(guard, new ReservationIds(), clock, alert -> {}, OptionalLong::empty);
      budgets.reload(spending(limit));
      processes.add(budgets);
    }
    AtomicLong cost = new AtomicLong();
    AtomicInteger running = new AtomicInteger(8);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<?>> spending = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Budgets budgets = processes.get(i % 2);
      Random mine = new Random(seed + i);
      spending.add(
          threads.submit(
              () -> {
                for (int n = 0; n < 5000; n++) {
                  cost.addAndGet(spendOnce(budgets, mine));
                }
                running.decrementAndGet();
              }));
    }
    while (running.get() > 0 && spending.stream().anyMatch(thread -> !thread.isDone())) {
      processes.forEach(Budgets::tend);
    }
    for (Future<?> thread : spending) {
      thread.get();
    }
    threads.shutdown();
    processes.forEach(Budgets::close);
    assertThat(balance().posted()).as("-D%s=%d", SEED, seed).isEqualTo(cost.get());
    assertThat(balance().held()).isZero();
    assertThat(cost.get()).isLessThanOrEqualTo(limit);
  }

  private static long spendOnce(Budgets budgets, Random random) {
    long worst = 1 + random.nextInt(2000);
    BudgetClaim claim = budgets.claim(call(), "m", Criticality.ESSENTIAL, worst);
    if (claim.refusal().isPresent()) {
      return 0;
    }
    long cost = random.nextInt(40) == 0 ? worst : Math.min(worst, random.nextInt(20));
    claim.settle(cost);
    return cost;
  }

  private static Call call() {
    return Call.of(new Caller("ann", "free"), "chat").estimate(1, 1);
  }

  private void step(int kind, boolean withKills) {
    Node node = nodes.get(random.nextInt(nodes.size()));
    if (kind < 45) {
      claim(node);
    } else if (kind < 75) {
      settleSome(node, Math.max(0, node.open.size() - 1 - random.nextInt(3)));
    } else if (kind < 90) {
      tend(node);
    } else if (kind < 94) {
      clock.advance(Duration.ofMillis(1L << random.nextInt(21)));
    } else if (kind < 96) {
      line.lostPercent = random.nextInt(4) * 20;
    } else if (kind < 98 && withKills) {
      replace(node, random.nextBoolean());
    } else if (withKills && random.nextInt(10) == 0) {
      limit = LIMIT / 2 + random.nextInt((int) LIMIT);
      highest = Math.max(highest, limit);
      nodes.forEach(each -> each.budgets.reload(spending(limit)));
    }
  }

  private void claim(Node node) {
    long worst = 1 + random.nextInt(random.nextInt(10) == 0 ? 20_000 : 900);
    Criticality criticality = random.nextInt(4) == 0 ? Criticality.ESSENTIAL : Criticality.OPTIONAL;
    BudgetClaim claim = node.budgets.claim(call(), "m", criticality, worst);
    if (claim.refusal().isEmpty()) {
      admitted++;
      node.open.add(new OpenCall(claim, worst, windowStart()));
    }
  }

  private void settleSome(Node node, int left) {
    while (node.open.size() > left) {
      OpenCall call = node.open.remove(random.nextInt(node.open.size()));
      if (random.nextInt(5) == 0) {
        call.claim().cancel();
      } else {
        long cost = random.nextLong(call.worst() + 1);
        call.claim().settle(cost);
        spent.merge(call.windowStart(), cost, Long::sum);
      }
    }
  }

  private void tend(Node node) {
    node.guard.probe();
    node.budgets.tend();
  }

  /** Ends a process, orderly or by a kill, and starts another one. */
  private void replace(Node node, boolean orderly) {
    if (orderly) {
      node.budgets.close();
    }
    node.open.forEach(call -> spent.merge(call.windowStart(), call.worst(), Long::sum));
    kills += orderly ? 0 : 1;
    nodes.remove(node);
    nodes.add(newNode());
  }

  private void checkNothingIsOverspent(int step) throws StoreException {
    Map<Long, Long> worst = new HashMap<>(spent);
    for (Node node : nodes) {
      node.open.forEach(call -> worst.merge(call.windowStart(), call.worst(), Long::sum));
    }
    worst.forEach(
        (window, sum) ->
            assertThat(sum)
                .as("-D%s=%d, step %d: spent and taken", SEED, seed, step)
                .isLessThanOrEqualTo(highest));
    Balance balance = balance();
    assertThat(balance.posted() + balance.held())
        .as("-D%s=%d, step %d: posted and leased", SEED, seed, step)
        .isBetween(worst.getOrDefault(windowStart(), 0L), highest);
  }

  private Balance balance() throws StoreException {
    Quota quota = new Quota(MONTHS, limit, limit, limit, List.of());
    return store
        .read("\u0000provider/openai", List.of(Charge.of("budget/cost-per-month", quota, 0)))
        .balances()
        .get(0);
  }
}
