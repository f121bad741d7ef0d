package dev.tollgate.cdi;

import dev.tollgate.Money;
import dev.tollgate.Reservation;
import dev.tollgate.Restriction;
import dev.tollgate.Usage;
import dev.tollgate.store.Store;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A call of a method with {@link AiCost}, from its admission to its end: hears what it uses, and
 * settles the sum once. What it hears after its end changes nothing. Thread-safe: hand it to the
 * thread that learns the usage.
 */
public final class AiCall {

  /** Above every plausible count, so that a sum that makes no sense is seen to make none. */
  private static final long ABSURD = Usage.MAX_TOKENS + 1;

  private final Reservation reservation;
  private @Nullable Usage reported;
  private long reportedNanoUsd;
  private boolean costKnown = true;
  private @Nullable Usage told;
  private boolean notBilled;

  AiCall(Reservation reservation) {
    this.reservation = reservation;
  }

  /** What the call may use. */
  public Restriction restriction() {
    return reservation.restriction();
  }

  /** Adds what a provider says the call used, at the model's price. */
  public synchronized void report(Usage usage) {
    reported = reported == null ? usage : sum(reported, usage);
    costKnown = false;
  }

  /**
   * Adds what a provider says the call used and cost. Reported costs count when every report has
   * one; otherwise the whole usage is charged at the model's price.
   *
   * @param costUsd 0 or more
   * @throws IllegalArgumentException when the cost is out of the range of {@link Money#nanoUsd}
   */
  public synchronized void report(Usage usage, BigDecimal costUsd) {
    long nanoUsd = Money.nanoUsd(costUsd);
    reported = reported == null ? usage : sum(reported, usage);
    reportedNanoUsd = Math.min(reportedNanoUsd + nanoUsd, Store.MAX_AMOUNT);
  }

  /**
   * Says that the provider billed nothing, as when it could not be reached: the call is given back
   * whole, unless a usage is reported too.
   */
  public synchronized void notBilled() {
    notBilled = true;
  }

  /** Takes the usage that a result tells: the last one counts, where nothing is reported. */
  synchronized void tell(Usage usage) {
    told = usage;
  }

  Reservation reservation() {
    return reservation;
  }

  /** Settles, at the first time. */
  synchronized void end() {
    if (reported != null && costKnown) {
      reservation.settle(reported, Money.usd(reportedNanoUsd));
    } else if (reported != null) {
      reservation.settle(reported);
    } else if (told != null) {
      reservation.settle(told);
    } else if (notBilled) {
      reservation.cancel();
    } else {
      reservation.settleAsReserved();
    }
  }

  private static Usage sum(Usage a, Usage b) {
    return new Usage(
        sum(a.inputTokens(), b.inputTokens()),
        sum(a.cacheReadTokens(), b.cacheReadTokens()),
        sum(a.cacheWriteTokens(), b.cacheWriteTokens()),
        sum(a.outputTokens(), b.outputTokens()),
        sum(a.reasoningTokens(), b.reasoningTokens()));
  }

  private static long sum(long a, long b) {
    return a < 0 || b < 0 ? -1 : Math.min(a, ABSURD) + Math.min(b, ABSURD);
  }
}
