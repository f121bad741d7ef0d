package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Analytics;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Resolution;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreFactory;
import dev.tollgate.store.redis.LocalRedis;
import dev.tollgate.store.redis.RedisStoreFactory;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long pages take when many callers have accounts and sums in a real Redis. */
class PagesWithManyCallersTest {

  private static final List<String> PAGES =
      List.of(
          "usage",
          "admin",
          "admin/spend",
          "admin/spend?by=route&span=day",
          "admin/spend?by=model&span=year",
          "admin/spend?by=caller&span=year",
          "admin/callers?id=caller+7777",
          "admin/export",
          "metrics");

  /** As many names as an engine keeps between two flushes. */
  private static final int CALLERS_OF_AN_ENGINE = 20_000;

  private static final int THREADS = 64;
  private static final int WARMING = 15;
  private static final int ASKED = 21;
  private static final Duration MOST = Duration.ofMillis(200);

  @Test
  void pagesAreThereWithin200MillisecondsWithTwentyThousandCallers() throws Exception {
    ask(20_000);
  }

  @Test
  @Tag("long")
  void pagesAreThereWithin200MillisecondsWithAHundredThousandCallers() throws Exception {
    ask(100_000);
  }

  private static void ask(int callers) throws Exception {
    try (LocalRedis redis = LocalRedis.start()) {
      Instant start = Instant.now();
      for (int first = 0; first < callers; first += CALLERS_OF_AN_ENGINE) {
        try (Tollgate engine = open(redis)) {
          call(engine, first, first + CALLERS_OF_AN_ENGINE);
        }
      }
      try (PageServer server = PageServer.start(clock -> open(redis))) {
        server.setTime(Instant.now());
        Analytics analytics = server.tollgate().analytics();
        assertThat(analytics.topCallers(Resolution.MONTH, start, callers - 1, 2)).hasSize(1);
        System.out.printf(
            "%,d callers called in %d s%n",
            callers, Duration.between(start, Instant.now()).toSeconds());
        for (String path : PAGES) {
          ask(server, path);
        }
      }
    }
  }

  private static Tollgate open(LocalRedis redis) {
    Store store =
        new RedisStoreFactory()
            .open(
                redis.uri(),
                new StoreFactory.Options(Duration.ofSeconds(5), 1, InstantSource.system()));
    return Tollgate.builder(PageServer.policies(), store).build();
  }

  /** One call of each caller. */
  private static void call(Tollgate engine, int first, int end) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int from = first + i;
        done.add(
            executor.submit(
                () -> {
                  for (int number = from; number < end; number += THREADS) {
                    call(engine, number);
                  }
                }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private static void call(Tollgate engine, int number) {
    engine
        .reserve(
            Call.of(new Caller("caller " + number, "free"), "chat")
                .model("m" + number % 20)
                .estimate(100, 100))
        .orThrow()
        .settle(Usage.of(1 + number % 97, 1 + number % 89));
  }

  private static void ask(PageServer server, String path) throws Exception {
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < WARMING + ASKED; i++) {
      long start = System.nanoTime();
      HttpResponse<String> page =
          server.get(path, "User", "caller 77", "Role", "tollgate-admin", "Accept", "text/html");
      long took = System.nanoTime() - start;
      assertThat(page.statusCode()).isEqualTo(200);
      if (i >= WARMING) {
        nanos.add(took);
      }
    }
    List<Long> sorted = nanos.stream().sorted().toList();
    long median = sorted.get(ASKED / 2);
    long p95 = sorted.get((ASKED * 95 + 99) / 100 - 1);
    System.out.printf("%s: %.1f ms (median), %.1f ms (p95)%n", path, median / 1e6, p95 / 1e6);
    assertThat(median).as(path).isLessThan(MOST.toNanos());
  }
}
