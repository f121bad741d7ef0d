package dev.tollgate.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Decision.Admitted;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Provider;
import dev.tollgate.Route;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.Window;
import dev.tollgate.store.file.FaultyDisk.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider's hard limit, counted in a directory on a disk that becomes full. */
class HardLimitTest {

  private static final long DOLLAR = 1_000_000_000L;
  private static final long SLICE = DOLLAR / 20;

  /** A cent for a token, so that a call is a cent. */
  private static final PriceBook PRICES =
      new PriceBook(Map.of("gpt", Price.of(DOLLAR * 10_000, DOLLAR * 10_000)));

  private static final Call CALL =
      Call.of(new Caller("ann", "free"), "chat").model("gpt").estimate(1, 0);

  @TempDir Path temp;

  @Test
  void fullDiskClosesTheHardLimitAndRoomOpensItAgain() {
    FaultyDisk disk = new FaultyDisk(new Random());
    LogSettings settings = new LogSettings(disk, new Random()::nextLong, 20_000);
    AtomicLong cents = new AtomicLong();
    try (Tollgate engine = open(settings)) {
      spendUpTo(20, cents, engine);
      disk.set(Fault.FULL);
      long unwritten = spend(engine, 50);
      cents.addAndGet(unwritten);
      assertThat(unwritten).as("leased before").isLessThanOrEqualTo(2 * SLICE * 100 / DOLLAR);
      assertThat(engine.health().degraded()).isTrue();
      disk.set(Fault.NONE);
      spendUpTo(60, cents, engine);
    }
    try (Tollgate engine = open(settings)) {
      spendUpTo(100, cents, engine);
      assertThat(spend(engine, 50)).isZero();
    }
    System.out.println("of a hard limit of 100 cents, over a full disk and a restart: " + cents);
  }

  /** A slow disk refuses a lease as a full one does, and grants the next. */
  private static void spendUpTo(long end, AtomicLong cents, Tollgate engine) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cents.addAndGet(spend(engine, (int) Math.min(5, end - cents.get()))) == end);
  }

  private Tollgate open(LogSettings settings) {
    Window month = new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC);
    Provider budget =
        new Provider("openai", Set.of(), List.of("gpt"))
            .hardLimit(Limit.of(Meter.COST, DOLLAR, month), 0, SLICE);
    Policies policies =
        Policies.of(List.of(Tier.of("free")), List.of(Route.of("chat")), PRICES)
            .with(new Spending(List.of(budget), BreakerPolicy.OFF, AnomalyPolicy.OFF));
    return Tollgate.builder(policies, Kept.open(temp.resolve("data"), settings)).build();
  }

  /** Makes calls of a cent each; returns how many were let in. */
  private static long spend(Tollgate engine, int calls) {
    long admitted = 0;
    for (int i = 0; i < calls; i++) {
      Decision decision = engine.reserve(CALL);
      if (decision instanceof Admitted) {
        decision.orThrow().settle(Usage.of(1, 0));
        admitted++;
      }
    }
    return admitted;
  }
}
