package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.BudgetStatus;
import dev.tollgate.Money;
import dev.tollgate.Tollgate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Four processes of fifty threads spend ten dollars, and some of them are killed. */
class BudgetProcessesTest {

  private static final String LIMIT_USD = "10";
  private static final String SLICE_USD = "0.10";
  private static final long LIMIT = Money.nanoUsd(new BigDecimal(LIMIT_USD));
  private static final long SLICE = Money.nanoUsd(new BigDecimal(SLICE_USD));
  private static final int PROCESSES = 4;
  private static final int KILLS = 2;
  private static final String SEED = "tollgate.seed";

  /** What a process says: what its calls have cost, and may cost while they are open. */
  private static final class Spending {
    final Process process;
    final Map<String, Long> open = new HashMap<>();
    final Thread reader;
    final AtomicLong calls = new AtomicLong();
    long spent;
    boolean done;

    Spending(Process process) {
      this.process = process;
      reader = new Thread(this::read, "spending");
      reader.start();
    }

    private void read() {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          take(line.split(" "));
        }
      } catch (IOException killed) {
        throw new UncheckedIOException(killed);
      }
    }

    private synchronized void take(String[] words) {
      switch (words[0]) {
        case "open" -> open.put(words[1], Long.parseLong(words[2]));
        case "cost" -> {
          spent += Long.parseLong(words[2]);
          open.remove(words[1]);
          calls.incrementAndGet();
        }
        case "done" -> done = true;
        default -> throw new AssertionError(String.join(" ", words));
      }
    }

    synchronized long spentAndOpen() {
      return spent + open.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private static Spending start(LocalRedis redis, long seed) {
    try {
      return new Spending(
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "-Xmx128m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Spender.class.getName(),
                  redis.uri().toString(),
                  LIMIT_USD,
                  SLICE_USD,
                  Long.toString(seed))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Timeout(240)
  void neverPassTheLimitAndLeaveLessThanASliceEach() throws InterruptedException {
    spend(Long.getLong(SEED, ThreadLocalRandom.current().nextLong()));
  }

  /** As many runs as {@code -Dtollgate.seeds} says. */
  @Test
  @Tag("long")
  void neverPassTheLimitWithManySeeds() throws InterruptedException {
    long first = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
    for (int i = 0; i < Integer.getInteger("tollgate.seeds", 20); i++) {
      spend(first + 1_000_000L * i);
    }
  }

  private static void spend(long seed) throws InterruptedException {
    long began = System.nanoTime();
    try (LocalRedis redis = LocalRedis.start()) {
      List<Spending> all = new ArrayList<>();
      for (int i = 0; i < PROCESSES; i++) {
        all.add(start(redis, seed + 1000L * i));
      }
      for (int i = 0; i < KILLS; i++) {
        while (calls(all) < 500 * (i + 1)) {
          Thread.sleep(5);
        }
        kill(busiest(all).process);
        all.add(start(redis, seed + 1000L * (PROCESSES + i)));
      }
      for (Spending each : all) {
        assertThat(each.process.waitFor(200, TimeUnit.SECONDS)).isTrue();
        each.reader.join();
      }
      report(seed, all, System.nanoTime() - began, status(redis));
    }
  }

  /** Leaves what the process has said before readable, which {@link Process#destroy} does not. */
  private static void kill(Process process) throws InterruptedException {
    assertThat(process.toHandle().destroyForcibly()).isTrue();
    process.waitFor();
  }

  private static long calls(List<Spending> all) {
    return all.stream().mapToLong(each -> each.calls.get()).sum();
  }

  private static Spending busiest(List<Spending> all) {
    return all.stream()
        .filter(each -> each.process.isAlive())
        .max(Comparator.comparingLong(each -> each.calls.get()))
        .orElseThrow();
  }

  private static BudgetStatus status(LocalRedis redis) {
    try (Tollgate engine =
        Tollgate.builder(
                Spender.policies(LIMIT_USD, SLICE_USD), Stores.open(redis.uri(), Stores.DEADLINE))
            .build()) {
      return engine.budgets().get(0);
    }
  }

  private static void report(long seed, List<Spending> all, long nanos, BudgetStatus status) {
    long spent = all.stream().mapToLong(each -> each.spent).sum();
    long spentAndOpen = all.stream().mapToLong(Spending::spentAndOpen).sum();
    System.out.printf(
        "-D%s=%d: %d processes, %d killed, %d calls in %d ms: settled %s USD, open when killed %s,"
            + " posted %s, still leased by the killed %s%n",
        SEED,
        seed,
        all.size(),
        KILLS,
        calls(all),
        nanos / 1_000_000,
        Money.usd(spent),
        Money.usd(spentAndOpen - spent),
        Money.usd(status.posted()),
        Money.usd(status.leased()));
    assertThat(all.stream().filter(each -> each.done)).hasSize(PROCESSES);
    assertThat(spentAndOpen).as("nano-USD that may be spent").isLessThanOrEqualTo(LIMIT);
    assertThat(status.posted() + status.leased())
        .as("nano-USD posted and leased")
        .isBetween(spentAndOpen, LIMIT);
    assertThat(LIMIT - spentAndOpen).as("unused").isLessThan(all.size() * SLICE);
  }
}
