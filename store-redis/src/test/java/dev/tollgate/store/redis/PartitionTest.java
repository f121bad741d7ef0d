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
import dev.tollgate.OnStoreFailure;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.ProviderBudget;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Window;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two engines share a master that Sentinels watch. The network falls apart: one engine goes on with
 * the master, the Sentinels give the other one a successor. When it heals, what the first master
 * has acknowledged meanwhile is gone from the servers. Both engines make calls all the time: of two
 * providers, of which one has a hard limit that is far away and the other one that is reached, and
 * of one without any.
 */
class PartitionTest {

  private static final String SEED = "tollgate.seed";
  private static final Duration DEADLINE = Duration.ofMillis(50);
  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final Duration MAX_DIFFERENCE = Duration.ofSeconds(5);
  private static final Window MONTH = new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC);

  /** What both engines together spend of each provider's budget, about. */
  private static final BigDecimal USD_A_SECOND = new BigDecimal("0.5");

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final Traffic.Spent spent = new Traffic.Spent();

  @Test
  void whatWasSpentOnBothSidesIsKnownWhenItHeals() throws Exception {
    run(Duration.ofSeconds(3));
  }

  @Test
  @Tag("long")
  void whatWasSpentOnBothSidesIsKnownWhenALongPartitionHeals() throws Exception {
    run(Duration.ofSeconds(12));
  }

  private void run(Duration partition) throws Exception {
    System.out.printf("-D%s=%d: a partition of %d ms%n", SEED, seed, partition.toMillis());
    Policies policies = policies(partition);
    try (DividedRedis servers = new DividedRedis()) {
      suffer(servers, policies, partition);
      try (Tollgate auditor = engine(policies, servers.uriOfOthers())) {
        tellBudgets(auditor);
        assertLaterCallsAreKnown(auditor);
      }
    }
  }

  private static Policies policies(Duration partition) {
    long near =
        Money.nanoUsd(
            USD_A_SECOND.multiply(BigDecimal.valueOf(1000 + partition.toMillis() / 5, 3)));
    Limit cost = Limit.of(Meter.COST, usd("1000"), MONTH);
    Limit requests = Limit.of(Meter.REQUESTS, 1_000_000, MONTH);
    Price price = Price.of(usd("100"), usd("100"));
    return Policies.of(
            List.of(Tier.of("free", cost, requests)),
            List.of(Route.of("chat")),
            new PriceBook(Map.of("near", price, "far", price, "unbounded", price)))
        .with(
            new Spending(
                List.of(budget("near", near, near / 100), budget("far", usd("1000"), usd("0.10"))),
                BreakerPolicy.OFF,
                AnomalyPolicy.OFF));
  }

  /** A tenth is for essential calls alone. */
  private static ProviderBudget budget(String model, long limit, long slice) {
    return new ProviderBudget(
        model, Set.of(), List.of(model), Limit.of(Meter.COST, limit, MONTH), limit / 10, slice);
  }

  private static long usd(String amount) {
    return Money.nanoUsd(new BigDecimal(amount));
  }

  private static Tollgate engine(Policies policies, URI uri) {
    return Tollgate.builder(policies, Stores.open(uri, DEADLINE))
        .onStoreFailure(OnStoreFailure.LOCAL, 2)
        .build();
  }

  /** Both engines are closed when it returns. */
  private void suffer(DividedRedis servers, Policies policies, Duration partition)
      throws InterruptedException {
    List<String> models = List.of("near", "far", "unbounded");
    try (Tollgate lone = engine(policies, servers.uriOfLoneClient());
        Tollgate other = engine(policies, servers.uriOfOthers());
        Traffic loneCalls = new Traffic(lone, "during", models, spent, seed);
        Traffic otherCalls = new Traffic(other, "during", models, spent, ~seed)) {
      Thread.sleep(WARM_UP.toMillis());
      long divided = System.nanoTime();
      servers.divide();
      servers.awaitSuccessor();
      long succeeded = System.nanoTime();
      Thread.sleep(Math.max(0, partition.toMillis() - millisSince(divided)));
      Map<?, ?> beforeHealing = loneCalls.decisions();
      long healed = System.nanoTime();
      servers.heal();
      loneCalls.group("after");
      otherCalls.group("after");
      System.out.printf(
          "a successor after %d ms; with the first master: %s, with the successor: %s%n",
          (succeeded - divided) / 1_000_000, beforeHealing, otherCalls.decisions());
      awaitLedger(servers, policies, healed);
      System.out.printf("afterwards: %s, %s%n", loneCalls.decisions(), otherCalls.decisions());
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  /** Waits until the servers know what the callers have spent who make no calls any more. */
  private void awaitLedger(DividedRedis servers, Policies policies, long healed)
      throws InterruptedException {
    try (Tollgate auditor = engine(policies, servers.uriOfOthers())) {
      Difference difference = difference(auditor, "during");
      System.out.printf("difference at healing: %s%n", difference);
      while (!difference.isNone() && millisSince(healed) < MAX_DIFFERENCE.toMillis()) {
        Thread.sleep(10);
        difference = difference(auditor, "during");
      }
      System.out.printf(
          "difference %d ms after healing: %s; the first master is demoted: %s%n",
          millisSince(healed), difference, servers.isDemoted());
    }
  }

  /**
   * What the servers have of callers, less what these have used.
   *
   * @param calls how many calls
   * @param nanoUsd nano-USD, callers' differences added up whatever their sign
   * @param held nano-USD of calls that have not ended
   */
  private record Difference(long calls, long nanoUsd, long held) {
    boolean isNone() {
      return equals(new Difference(0, 0, 0));
    }

    @Override
    public String toString() {
      return calls + " calls, " + Money.usd(nanoUsd) + " USD, held " + Money.usd(held) + " USD";
    }
  }

  private Difference difference(Tollgate auditor, String group) {
    long calls = 0;
    long nanoUsd = 0;
    long held = 0;
    for (String caller : spent.callers()) {
      if (caller.startsWith(group)) {
        List<LimitState> states = auditor.limits(new Caller(caller, "free"), "chat");
        nanoUsd += Math.abs(states.get(0).used() - spent.nanoUsd(caller));
        held += states.get(0).held();
        calls += Math.abs(states.get(1).used() - spent.calls(caller));
      }
    }
    return new Difference(calls, nanoUsd, held);
  }

  /** The first master is left within two seconds, although nobody has demoted it. */
  private void assertLaterCallsAreKnown(Tollgate auditor) {
    Difference after = difference(auditor, "after");
    System.out.printf(
        "callers at the end: %s; of later calls: %s%n", difference(auditor, ""), after);
    assertThat(after.calls()).isLessThanOrEqualTo(2 * Traffic.CALLS_A_SECOND);
  }

  private void tellBudgets(Tollgate auditor) {
    for (BudgetStatus status : auditor.budgets()) {
      ProviderBudget budget = status.budget();
      long limit = budget.limit().amount();
      long really = spent.nanoUsdOf(budget.provider());
      long overshoot = Math.max(0, really - limit);
      System.out.printf(
          "%s: limit %s USD, spent %s, posted %s, leased %s, overshoot %d.%02d %%%n",
          budget.provider(),
          Money.usd(limit),
          Money.usd(really),
          Money.usd(status.posted()),
          Money.usd(status.leased()),
          overshoot * 100 / limit,
          overshoot * 10_000 / limit % 100);
    }
  }
}
