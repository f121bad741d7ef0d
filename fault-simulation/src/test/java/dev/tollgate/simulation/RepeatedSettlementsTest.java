package dev.tollgate.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Window;
import dev.tollgate.store.Bucket;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Request;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Settlements that reach the store up to five times, in any order and up to a day late. */
class RepeatedSettlementsTest {

  private static final String SEED = "simulation.seed";
  private static final int MOST_TIMES = 5;

  /** An account looks through its holds whenever one expires. */
  private static final int SETTLEMENTS_OF_AN_ACCOUNT = 125;

  private static final long MOST = 1_000_000;
  private static final long HOLD_MICROS = Duration.ofMinutes(5).toNanos() / 1000;
  private static final Duration LATEST = Duration.ofHours(24);

  /** Whatever is late arrives while others are made: they are spread over days. */
  private static final Duration SPREAD = Duration.ofDays(6);

  private static final Quota MONTH =
      new Quota(
          new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC),
          1L << 50,
          1L << 50,
          1L << 50,
          List.of());
  private static final Bucket RATE = new Bucket(1_000_000_000, 1_000_000, 1L << 50);

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final WorldTime time = new WorldTime(Instant.parse("2026-02-25T00:00:00Z"));
  private final StoreServer server = new StoreServer(time, false);
  private final Network network =
      new Network(server, new Faults(seed, EnumSet.noneOf(Fault.class)), time);
  private long used;
  private long deliveries;
  private long afterTheDeadline;

  @Test
  void fiftyThousandRepeatedSettlementsChargeOnceEach() throws Exception {
    settleAll(50_000);
  }

  @Test
  @Tag("long")
  void aMillionRepeatedSettlementsChargeOnceEach() throws Exception {
    settleAll(1_000_000);
  }

  private void settleAll(int count) throws StoreException {
    Duration pause = SPREAD.dividedBy(count);
    for (int i = 0; i < count; i++) {
      settle(reserve(i, count / SETTLEMENTS_OF_AN_ACCOUNT));
      time.pass(pause);
      network.arrive();
    }
    time.pass(LATEST);
    network.arrive();
    server.checkAll();
    long posted = server.ledger().books().values().stream().mapToLong(AccountBook::total).sum();
    System.out.printf(
        Locale.ROOT,
        "%d settlements delivered %d times, up to %s late, %d of them after the hold's deadline:"
            + " %d nano-USD used, %d posted, %d charged more than once%n",
        count,
        deliveries,
        LATEST,
        afterTheDeadline,
        used,
        posted,
        server.ledger().timesSettled() - count);
    assertThat(posted).as("-D%s=%d", SEED, seed).isEqualTo(used);
    assertThat(server.ledger().timesSettled()).as("-D%s=%d", SEED, seed).isEqualTo(count);
  }

  private Hold reserve(int number, int accounts) throws StoreException {
    Request request =
        new Request(
            "account " + random.nextInt(accounts),
            "id " + number,
            List.of(
                Charge.of("cost", MONTH, random.nextLong(MOST)),
                Charge.of("rate", RATE, random.nextLong(MOST))),
            HOLD_MICROS,
            "");
    return server.apply(
        state -> {
          Receipt receipt = state.store().reserve(request);
          state.ledger().reserved(request, receipt);
          return receipt.admitted().orElseThrow();
        });
  }

  private void settle(Hold hold) {
    List<Long> actual = List.of(random.nextLong(MOST), random.nextLong(MOST));
    int times = random.nextInt(1, MOST_TIMES + 1);
    long first = Long.MAX_VALUE;
    for (int i = 0; i < times; i++) {
      long delay = random.nextLong(LATEST.toNanos() / 1000);
      network.deliver(state -> Line.settle(state, hold, actual, ""), delay);
      first = Math.min(first, delay);
    }
    used += actual.get(0);
    deliveries += times;
    afterTheDeadline += first >= HOLD_MICROS ? 1 : 0;
  }
}
