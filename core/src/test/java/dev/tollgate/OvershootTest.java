package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** What callers have used in the end, whatever was likely when their calls began. */
class OvershootTest {

  private static final Window DAY = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);
  private static final long TOKENS = 40_000;
  private static final long COST = 90_000_000;

  /** 1 USD for a million tokens in, 4 USD for a million out. */
  private static final PriceBook PRICES =
      new PriceBook(Map.of("m", Price.of(1_000_000_000, 4_000_000_000L)));

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final Map<Caller, Totals> used = new HashMap<>();
  private int restricted;
  private int refused;

  private record Open(Caller caller, Call call, Reservation reservation) {}

  /**
   * Many calls are short for long, so that little is reserved; then all are as long as they can.
   */
  @Test
  void noCallerEndsAboveAHardLimit() {
    long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
    Random random = new Random(seed);
    try (Tollgate tollgate = open()) {
      List<Open> open = new ArrayList<>();
      for (int step = 0; step < 20_000; step++) {
        boolean isShort = step < 8_000;
        if (random.nextInt(100) < 52) {
          reserve(tollgate, random).ifPresent(open::add);
        } else if (!open.isEmpty()) {
          settle(open.remove(random.nextInt(open.size())), isShort, random);
        }
      }
      open.forEach(each -> settle(each, false, random));
    }
    System.out.printf(
        "-Dseed=%d: %d callers, %d calls restricted, %d refused%n",
        seed, used.size(), restricted, refused);
    assertThat(refused).as("the limits were reached, seed %d", seed).isPositive();
    used.forEach(
        (caller, totals) -> {
          long tokens = totals.inputTokens() + totals.outputTokens();
          assertThat(tokens).as("%s, seed %d", caller, seed).isLessThanOrEqualTo(TOKENS * 3 / 2);
          assertThat(totals.costNanoUsd())
              .as("%s, seed %d", caller, seed)
              .isLessThanOrEqualTo(COST * 3 / 2);
        });
  }

  private Tollgate open() {
    Tier tier =
        Tier.of("free", Limit.of(Meter.TOKENS, TOKENS, DAY), Limit.of(Meter.COST, COST, DAY));
    Policies policies = Policies.of(List.of(tier), List.of(Route.of("chat")), PRICES);
    return Tollgate.builder(policies, new MemoryStore(1000, clock)).clock(clock).build();
  }

  private Optional<Open> reserve(Tollgate tollgate, Random random) {
    Caller caller = new Caller("caller " + random.nextInt(40), "free");
    Call call =
        Call.of(caller, "chat").model("m").estimate(random.nextInt(100), 1 + random.nextInt(2000));
    Decision decision = tollgate.reserve(call);
    if (decision instanceof Decision.Refused) {
      refused++;
      return Optional.empty();
    }
    restricted += decision instanceof Decision.Restricted ? 1 : 0;
    return Optional.of(new Open(caller, call, decision.orThrow()));
  }

  private void settle(Open open, boolean isShort, Random random) {
    Estimate most = open.reservation().restriction().clamp(open.call().estimate());
    long output = isShort ? Math.min(most.outputTokens(), random.nextInt(20)) : most.outputTokens();
    CallRecord row = open.reservation().settle(Usage.of(most.inputTokens(), output));
    Totals totals =
        new Totals(row.costNanoUsd(), 1, 0, 0, row.inputTokens(), row.outputTokens(), 0);
    used.merge(open.caller(), totals, Totals::plus);
  }
}
