package dev.tollgate.store.redis;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Money;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Provider;
import dev.tollgate.Reservation;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.Window;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreFactory.Options;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A process that spends a budget with many threads, until it is used up or the process is killed.
 * It writes a line before a call may cost money, and one when it is settled: what the last lines of
 * a killed process do not tell was not spent.
 */
final class Spender {

  static final int THREADS = 50;
  private static final long MICRO_DOLLAR = 1000;

  private Spender() {}

  static Policies policies(String limitUsd, String sliceUsd) {
    Limit limit =
        Limit.of(
            Meter.COST,
            Money.nanoUsd(new java.math.BigDecimal(limitUsd)),
            new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC));
    Provider budget =
        new Provider("openai", Set.of(), List.of())
            .hardLimit(limit, 0, Money.nanoUsd(new java.math.BigDecimal(sliceUsd)));
    // a dollar for a million tokens: a token is a micro-dollar
    PriceBook prices = new PriceBook(Map.of("m", Price.of(1_000_000_000, 1_000_000_000)));
    return Policies.of(List.of(Tier.of("free")), List.of(Route.of("chat")), prices)
        .with(new Spending(List.of(budget), BreakerPolicy.OFF, AnomalyPolicy.OFF));
  }

  /**
   * Spends.
   *
   * @param args the store's URI, the limit and the slice in USD, a seed
   */
  public static void main(String[] args) throws InterruptedException {
    long seed = Long.parseLong(args[3]);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (Tollgate engine =
        Tollgate.builder(policies(args[1], args[2]), open(URI.create(args[0]))).build()) {
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed + i);
        String caller = seed + "-" + i;
        threads.execute(() -> spend(engine, new Caller(caller, "free"), random));
      }
      threads.shutdown();
      if (!threads.awaitTermination(2, TimeUnit.MINUTES)) {
        throw new IllegalStateException("the budget is not used up in time");
      }
    }
    say("done");
  }

  /** {@link Stores} would start a server that outlives a killed process. */
  private static Store open(URI uri) {
    return new RedisStoreFactory()
        .open(uri, new Options(Duration.ofSeconds(5), 1, InstantSource.system()));
  }

  private static void spend(Tollgate engine, Caller caller, Random random) {
    int refused = 0;
    while (refused < 40) {
      long worst = 1500 + random.nextInt(6000);
      Decision decision = engine.reserve(Call.of(caller, "chat").model("m").estimate(worst, 0));
      if (decision instanceof Decision.Refused) {
        refused++;
        pause(50);
        continue;
      }
      Reservation call = decision.orThrow();
      say("open " + call.id() + " " + worst * MICRO_DOLLAR);
      pause(random.nextInt(3));
      long actual = 1 + random.nextInt((int) worst);
      say("cost " + call.id() + " " + call.settle(Usage.of(actual, 0)).costNanoUsd());
      refused = 0;
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whole lines, one after the other: a kill cuts none. */
  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
