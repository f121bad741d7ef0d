package dev.tollgate.cdi;

import dev.tollgate.Estimate;
import dev.tollgate.Money;
import dev.tollgate.Reservation;
import dev.tollgate.Restriction;
import dev.tollgate.Usage;
import dev.tollgate.providers.ProviderLimit;
import dev.tollgate.store.Store;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
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
  private final Consumer<Usage> learning;
  private final LimitReader limits;
  private @Nullable Usage reported;
  private long reportedNanoUsd;
  private boolean costKnown = true;
  private @Nullable Usage told;
  private boolean notBilled;
  private int underWay;
  private boolean incomplete;
  private boolean returned;

  /**
   * @param learning hears the usage that the call is settled with, when all of it is known
   * @param limits knows by what the call ended with that a limit at its provider is reached
   */
  AiCall(Reservation reservation, Consumer<Usage> learning, LimitReader limits) {
    this.reservation = reservation;
    this.learning = learning;
    this.limits = limits;
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

  /**
   * Says that the provider refused the call, which it then bills no more than {@link #notBilled}
   * says. When its answer means that a spending limit of its own is reached, or that its credit is
   * used up, no call goes to it until that is over, whoever makes it; a rate limit means no such
   * thing.
   *
   * @param status the answer's HTTP status; one that is not in 400 to 499 is no refusal, and says
   *     nothing
   * @param retryAfter its header {@code Retry-After}
   * @param body its body as the provider wrote it; one of over {@link ProviderLimit#MAX_BODY_BYTES}
   *     is not read
   */
  public void refused(int status, Optional<String> retryAfter, String body) {
    if (status >= 400 && status < 500) {
      notBilled();
      ProviderLimit.read(status, retryAfter, body.getBytes(StandardCharsets.UTF_8))
          .ifPresent(this::limitReached);
    }
  }

  /** Takes the usage that a result tells: the last one counts, where nothing is reported. */
  synchronized void tell(Usage usage) {
    told = usage;
  }

  /** Says that the provider refused it because a limit of its own is reached. */
  void limitReached(ProviderLimit limit) {
    reservation.providerLimitReached(limit.cause(), limit.until());
  }

  /** Hears what the method or its result failed with, if it did. */
  void failedWith(@Nullable Throwable failure) {
    if (failure != null) {
      limits.read(failure).ifPresent(this::limitReached);
    }
  }

  Reservation reservation() {
    return reservation;
  }

  /** Takes note of a request to a provider, which {@link #answered} or {@link #failed} ends. */
  synchronized void requested() {
    underWay++;
  }

  /**
   * Ends a request.
   *
   * @param usage what the provider says it used; empty when it does not say
   */
  synchronized void answered(Optional<Usage> usage) {
    usage.ifPresentOrElse(this::report, () -> incomplete = true);
    endRequest();
  }

  /**
   * Ends a request.
   *
   * @param billed whether the provider may have billed it
   */
  synchronized void failed(boolean billed) {
    if (billed) {
      incomplete = true;
    } else {
      notBilled();
    }
    endRequest();
  }

  private void endRequest() {
    underWay--;
    if (returned && underWay == 0) {
      end();
    }
  }

  /** Settles when the last request that is under way has ended. */
  synchronized void endAfterRequests() {
    returned = true;
    if (underWay == 0) {
      end();
    }
  }

  /** Settles, at the first time. */
  synchronized void end() {
    if (reservation.isEnded()) {
      return;
    }
    if (reported != null) {
      settle(reported);
    } else if (told != null) {
      reservation.settle(told);
      learning.accept(told);
    } else if (notBilled && !incomplete) {
      reservation.cancel();
    } else {
      reservation.settleAsReserved();
    }
  }

  private void settle(Usage used) {
    if (incomplete) {
      reservation.settleEstimated(atLeast(reservation.reserved(), used));
      return;
    }
    if (costKnown) {
      reservation.settle(used, Money.usd(reportedNanoUsd));
    } else {
      reservation.settle(used);
    }
    learning.accept(used);
  }

  /** Where a part of the usage is unknown, the call is charged as much as was reserved, or more. */
  private static Usage atLeast(Estimate reserved, Usage known) {
    return new Usage(
        Math.max(reserved.inputTokens(), known.inputTokens()),
        known.cacheReadTokens(),
        known.cacheWriteTokens(),
        known.hourCacheWriteTokens(),
        Math.max(reserved.outputTokens(), known.outputTokens()),
        known.reasoningTokens());
  }

  private static Usage sum(Usage a, Usage b) {
    return new Usage(
        sum(a.inputTokens(), b.inputTokens()),
        sum(a.cacheReadTokens(), b.cacheReadTokens()),
        sum(a.cacheWriteTokens(), b.cacheWriteTokens()),
        sum(a.hourCacheWriteTokens(), b.hourCacheWriteTokens()),
        sum(a.outputTokens(), b.outputTokens()),
        sum(a.reasoningTokens(), b.reasoningTokens()));
  }

  private static long sum(long a, long b) {
    return a < 0 || b < 0 ? -1 : Math.min(a, ABSURD) + Math.min(b, ABSURD);
  }
}
