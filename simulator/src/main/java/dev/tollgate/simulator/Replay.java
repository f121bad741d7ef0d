package dev.tollgate.simulator;

import dev.tollgate.Decision;
import dev.tollgate.Estimate;
import dev.tollgate.Reservation;
import dev.tollgate.Restriction;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.config.StoreSettings;
import dev.tollgate.store.MemoryStore;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Sends calls through the engine at their times, and settles those that are let in when they would
 * be answered: half a second after they are made, and a second later for every 50 tokens of output.
 *
 * <p>Not thread-safe.
 */
final class Replay {

  /** Calls under way at a time; those beyond are settled at once. */
  static final int MAX_UNDER_WAY = 100_000;

  /** Nobody asks for sums over time while a trace is replayed, but the monthly review. */
  private static final Duration SUMS_PERIOD = Duration.ofMinutes(5);

  private static final long FIRST_TOKEN_MICROS = 500_000;
  private static final long TOKEN_MICROS = 20_000;

  /** So that what the engine does by the minute is done for the last one. */
  private static final long AFTERMATH_MICROS = 120_000_000;

  private final VirtualTime time;
  private final Tollgate tollgate;
  private final Results results;
  private final Progress progress;
  private final long longestMicros;
  private int underWay;
  private long lastAnswerMicros;

  private Replay(
      Directory directory, StoreSettings store, long seed, Results results, Progress progress) {
    this.results = results;
    this.progress = progress;
    time = new VirtualTime(results.survey().firstMicros());
    longestMicros = store.holdFor().toNanos() / 2000;
    tollgate =
        Tollgate.builder(directory.policies(), new MemoryStore(store.maxCallers(), time))
            .sumsEvery(SUMS_PERIOD)
            .clock(time)
            .background(time)
            .random(new SplittableRandom(seed))
            .maxCallers(store.maxCallers())
            .holdFor(store.holdFor())
            .onAlert(results::heard)
            .build();
  }

  /**
   * Replays calls.
   *
   * @param directory whose policies decide
   * @param store the settings of the store; whatever it is, calls are counted in memory
   * @param seed what the engine does by chance
   * @param calls those of the surveyed trace, and others between its first and its last
   * @throws TraceException when a call cannot be read
   * @throws ArithmeticException when all costs together are above 9.2 billion dollars
   */
  static Results run(
      Directory directory,
      StoreSettings store,
      long seed,
      Survey survey,
      Calls calls,
      Progress progress)
      throws TraceException {
    Results results = new Results(survey);
    new Replay(directory, store, seed, results, progress).run(calls);
    return results;
  }

  private void run(Calls calls) throws TraceException {
    try (tollgate) {
      for (Optional<TraceCall> next = calls.next(); next.isPresent(); next = calls.next()) {
        TraceCall call = next.get();
        time.advanceTo(call.atMicros());
        make(call);
        progress.madeOne();
      }
      time.advanceTo(Math.max(lastAnswerMicros, time.micros()) + AFTERMATH_MICROS);
      results.ended(time.micros());
    }
  }

  private void make(TraceCall call) {
    Decision decision = tollgate.reserve(call.toCall());
    Estimate whole = new Estimate(call.inputTokens(), call.outputTokens());
    results.decided(call, decision, tollgate.cost(call.model(), whole));
    if (decision instanceof Decision.Refused) {
      return;
    }
    Reservation reservation = decision.orThrow();
    Usage usage = usage(call, reservation.restriction());
    if (underWay == MAX_UNDER_WAY) {
      settle(call, reservation, usage);
      return;
    }
    underWay++;
    long duration =
        Math.min(longestMicros, FIRST_TOKEN_MICROS + TOKEN_MICROS * usage.outputTokens());
    lastAnswerMicros = Math.max(lastAnswerMicros, time.micros() + duration);
    time.schedule(
        () -> {
          underWay--;
          settle(call, reservation, usage);
        },
        duration,
        TimeUnit.MICROSECONDS);
  }

  /** What a call uses of a client that obeys the restriction. */
  private static Usage usage(TraceCall call, Restriction restriction) {
    return Usage.of(
        Math.min(call.inputTokens(), restriction.contextTokens()),
        Math.min(call.outputTokens(), restriction.outputTokens()));
  }

  private void settle(TraceCall call, Reservation reservation, Usage usage) {
    results.settled(call, reservation.settle(usage).costNanoUsd());
  }
}
