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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long pages take when a hundred thousand callers have accounts and sums in a real Redis. */
class PagesWithManyCallersTest {

  private static final int CALLERS = 100_000;

  /** As many names as an engine keeps between two flushes. */
  private static final int CALLERS_OF_AN_ENGINE = 20_000;

  private static final int THREADS = 64;
  private static final int WARMING = 15;
  private static final int ASKED = 21;
  private static final Duration MOST = Duration.ofMillis(200);

  private static LocalRedis redis;
  private static PageServer server;

  @BeforeAll
  static void fill() throws Exception {
    redis = LocalRedis.start();
    Instant start = Instant.now();
    for (int first = 0; first < CALLERS; first += CALLERS_OF_AN_ENGINE) {
      try (Tollgate engine = open()) {
        call(engine, first, first + CALLERS_OF_AN_ENGINE);
      }
    }
    server = PageServer.start(clock -> open());
    server.setTime(Instant.now());
    Analytics analytics = server.tollgate().analytics();
    assertThat(analytics.topCallers(Resolution.MONTH, start, CALLERS - 1, 2)).hasSize(1);
    System.out.printf(
        "%,d callers called in %d s%n",
        CALLERS, Duration.between(start, Instant.now()).toSeconds());
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    redis.close();
  }

  private static Tollgate open() {
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "usage",
        "admin",
        "admin/spend",
        "admin/spend?by=route&span=day",
        "admin/spend?by=model&span=year",
        "admin/callers?id=caller+77777",
        "admin/export",
        "metrics"
      })
  void aPageIsThereWithin200Milliseconds(String path) throws Exception {
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
    long median = nanos.stream().sorted().toList().get(ASKED / 2);
    System.out.printf("%s with %,d callers: %.1f ms (median)%n", path, CALLERS, median / 1e6);
    assertThat(median).as(path).isLessThan(MOST.toNanos());
  }
}
