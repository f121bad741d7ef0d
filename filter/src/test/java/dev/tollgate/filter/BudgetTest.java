package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Tier;
import dev.tollgate.Window;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreFactory;
import dev.tollgate.store.redis.LocalRedis;
import dev.tollgate.store.redis.RedisStoreFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A budget holds, and gives back what was reserved and not used. */
class BudgetTest {

  private static final String ASK =
      "{\"model\":\"m\",\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
  private static final String ANSWER =
      "{\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"y\"},"
          + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":%d}}";

  private static final long NANO_PER_CENT = 10_000_000;

  /** 1 cent for an output token; input is free. */
  private static final PriceBook CENT_FOR_A_TOKEN =
      new PriceBook(Map.of("m", Price.of(0, NANO_PER_CENT * 1_000_000)));

  private static Tier budget(long cents) {
    Limit limit =
        Limit.of(
            Meter.COST,
            cents * NANO_PER_CENT,
            new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC));
    return Tier.of("free", limit).ladder(Ladder.REFUSE);
  }

  private static Store open(LocalRedis redis) {
    return new RedisStoreFactory()
        .open(
            redis.uri(),
            new StoreFactory.Options(Duration.ofSeconds(5), 1, InstantSource.system()));
  }

  private static <T> List<T> together(int times, Call<T> call) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(times);
    List<Future<T>> calls = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      int number = i;
      calls.add(clients.submit(() -> call.make(number)));
    }
    List<T> answers = new ArrayList<>();
    for (Future<T> each : calls) {
      answers.add(each.get(60, TimeUnit.SECONDS));
    }
    clients.shutdown();
    return answers;
  }

  private interface Call<T> {
    T make(int number) throws Exception;
  }

  @Test
  void ofFiveCallsOverTwoEnginesExactlyThreeFitTheBudget() throws Exception {
    CountDownLatch decided = new CountDownLatch(5);
    GateServer.Page page =
        (request, response) -> {
          decided.countDown();
          await(decided);
          response.setContentType("application/json");
          response.getWriter().print(ANSWER.formatted(15));
        };
    try (LocalRedis redis = LocalRedis.start();
        BodyServer one = BodyServer.start(page, CENT_FOR_A_TOKEN, budget(45), open(redis));
        BodyServer other = BodyServer.start(page, CENT_FOR_A_TOKEN, budget(45), open(redis))) {
      List<Integer> statuses =
          together(
              5,
              number -> {
                BodyServer server = number % 2 == 0 ? one : other;
                int status = server.post(ASK.formatted(15)).statusCode();
                decided.countDown();
                return status;
              });
      assertThat(statuses).containsOnly(200, 429);
      assertThat(statuses).filteredOn(status -> status == 200).hasSize(3);
      assertThat(one.limit().remaining()).isZero();
      assertThat(other.calls()).hasSize(3);
    }
  }

  @Test
  void noRefusalLingersWhenCallsCostLessThanTheirWorst() throws Exception {
    GateServer.Page page =
        (request, response) -> {
          response.setContentType("application/json");
          response.getWriter().print(ANSWER.formatted(2));
        };
    try (BodyServer server =
        BodyServer.start(
            page, CENT_FOR_A_TOKEN, budget(2500), new MemoryStore(100, InstantSource.system()))) {
      List<Integer> tries =
          together(
              20,
              number -> {
                int tried = 1;
                while (server.post(ASK.formatted(300)).statusCode() != 200) {
                  tried++;
                }
                return tried;
              });
      assertThat(tries).hasSize(20);
      assertThat(server.calls()).hasSize(20);
      assertThat(server.limit().used()).isEqualTo(40 * NANO_PER_CENT);
      assertThat(server.limit().held()).isZero();
      assertThat(server.post(ASK.formatted(300)).statusCode()).isEqualTo(200);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
