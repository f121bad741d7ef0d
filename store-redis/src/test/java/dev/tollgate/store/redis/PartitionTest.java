package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.BudgetStatus;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.OnStoreFailure;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Provider;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tollgate;
import dev.tollgate.store.redis.Spent.Difference;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.RepeatedTest;
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
  private static final int SEEDS = 5;
  private static final Duration DEADLINE = Duration.ofMillis(50);

  /** As much as is told again: a minute of 200 calls a second. */
  private static final Duration LONG_WARM_UP = Duration.ofSeconds(60);

  private static final Duration SHORT_WARM_UP = Duration.ofSeconds(3);
  private static final Duration MAX_DIFFERENCE = Duration.ofSeconds(5);
  private static final long MAX_OVERSHOOT_PERCENT = 3;

  private static final String NEAR = "near";
  private static final String FAR = "far";
  private static final String UNBOUNDED = "unbounded";
  private static final String EXHAUSTED = "BudgetExhausted";

  /** What both engines together spend with each model, about. */
  private static final BigDecimal USD_A_SECOND = new BigDecimal("0.5");

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final Spent spent = new Spent();

  @Test
  void whatWasSpentOnBothSidesIsKnownWhenItHeals() throws Exception {
    run(Duration.ofSeconds(3), SHORT_WARM_UP, true);
  }

  @RepeatedTest(SEEDS)
  @Tag("long")
  void whatWasSpentOnBothSidesIsKnownWhenALongPartitionHeals() throws Exception {
    run(Duration.ofSeconds(12), LONG_WARM_UP, false);
  }

  @RepeatedTest(SEEDS)
  @Tag("long")
  void theSameWhenAReplicaStaysWithTheFirstMaster() throws Exception {
    run(Duration.ofSeconds(12), LONG_WARM_UP, true);
  }

  private void run(Duration partition, Duration warmUp, boolean isReplicaWithMaster)
      throws Exception {
    System.out.printf(
        "-D%s=%d: a partition of %d ms, with the first master %s%n",
        SEED, seed, partition.toMillis(), isReplicaWithMaster ? "a replica" : "no replica");
    Policies policies = policies(warmUp.plus(partition.dividedBy(5)));
    try (DividedRedis servers = new DividedRedis(isReplicaWithMaster)) {
      divideAndHeal(servers, policies, warmUp, partition);
      try (Tollgate auditor = engine(policies, servers.uriOfOthers())) {
        Difference difference = spent.difference(auditor, "");
        System.out.printf("all callers at the end: %s%n", difference);
        assertThat(difference).isEqualTo(Difference.NONE);
        auditor.budgets().forEach(this::assertIsRight);
      }
    }
  }

  /**
   * @param time after which the near limit is reached, about
   */
  private static Policies policies(Duration time) {
    long near = Money.nanoUsd(USD_A_SECOND.multiply(BigDecimal.valueOf(time.toMillis(), 3)));
    Price price = Price.of(usd("100"), usd("100"));
    return Policies.of(
            List.of(Spent.TIER),
            List.of(Route.of(Spent.ROUTE)),
            new PriceBook(Map.of(NEAR, price, FAR, price, UNBOUNDED, price)))
        .with(
            new Spending(
                List.of(budget(NEAR, near, near / 100), budget(FAR, usd("1000"), usd("0.10"))),
                BreakerPolicy.OFF,
                AnomalyPolicy.OFF));
  }

  /** A tenth is for essential calls alone. */
  private static Provider budget(String model, long limit, long slice) {
    return new Provider(model, Set.of(), List.of(model))
        .hardLimit(Limit.of(Meter.COST, limit, Spent.month()), limit / 10, slice);
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
  private void divideAndHeal(
      DividedRedis servers, Policies policies, Duration warmUp, Duration partition)
      throws InterruptedException {
    List<String> models = List.of(NEAR, FAR, UNBOUNDED);
    try (Tollgate lone = engine(policies, servers.uriOfLoneClient());
        Tollgate other = engine(policies, servers.uriOfOthers());
        Traffic loneCalls = new Traffic(lone, "during", models, spent, seed);
        Traffic otherCalls = new Traffic(other, "during", models, spent, ~seed)) {
      Thread.sleep(warmUp.toMillis());
      long divided = System.nanoTime();
      servers.divide();
      servers.awaitSuccessor();
      System.out.printf("a successor after %d ms%n", millisSince(divided));
      Thread.sleep(Math.max(0, partition.toMillis() - millisSince(divided)));
      System.out.printf(
          "with the first master: %s, with its successor: %s%n",
          loneCalls.decisions(), otherCalls.decisions());
      System.out.printf("decided: %s; and %s%n", loneCalls.times(), otherCalls.times());
      long healed = System.nanoTime();
      servers.heal();
      loneCalls.group("after");
      otherCalls.group("after");
      awaitLedger(servers, policies, healed);
      loneCalls.awaitDecision(EXHAUSTED);
      otherCalls.awaitDecision(EXHAUSTED);
      System.out.printf("until the end: %s, %s%n", loneCalls.decisions(), otherCalls.decisions());
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  /** Until the servers know what those callers have spent who make no calls any more. */
  private void awaitLedger(DividedRedis servers, Policies policies, long healed)
      throws InterruptedException {
    try (Tollgate auditor = engine(policies, servers.uriOfOthers())) {
      Difference difference = spent.difference(auditor, "during");
      System.out.printf("difference at healing: %s%n", difference);
      while (!difference.equals(Difference.NONE)
          && millisSince(healed) < MAX_DIFFERENCE.toMillis()) {
        Thread.sleep(10);
        difference = spent.difference(auditor, "during");
      }
      System.out.printf(
          "difference %d ms after healing: %s; the first master is demoted: %s%n",
          millisSince(healed), difference, servers.isDemoted());
      assertThat(difference).isEqualTo(Difference.NONE);
    }
  }

  private void assertIsRight(BudgetStatus status) {
    String provider = status.budget().provider();
    long limit = status.budget().limit().amount();
    long really = spent.nanoUsd(provider);
    long overshoot = Math.max(0, really - limit);
    System.out.printf(
        "%s: limit %s USD, spent %s, posted %s, leased %s, overshoot %d.%02d %%%n",
        provider,
        Money.usd(limit),
        Money.usd(really),
        Money.usd(status.posted()),
        Money.usd(status.leased()),
        overshoot * 100 / limit,
        overshoot * 10_000 / limit % 100);
    assertThat(overshoot * 100).isLessThanOrEqualTo(limit * MAX_OVERSHOOT_PERCENT);
    assertThat(status.posted()).isEqualTo(really);
    assertThat(status.leased()).isZero();
  }
}
