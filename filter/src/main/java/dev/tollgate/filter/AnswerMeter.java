package dev.tollgate.filter;

import dev.tollgate.CallRecord;
import dev.tollgate.Estimate;
import dev.tollgate.Reservation;
import dev.tollgate.Usage;
import dev.tollgate.config.CostSource;
import dev.tollgate.providers.AiRequest;
import dev.tollgate.providers.AnswerRelay;
import dev.tollgate.providers.ProviderError;
import dev.tollgate.providers.ProviderLimit;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what an answer used while it passes, and ends the call's reservation, once:
 *
 * <ul>
 *   <li>with the usage that the answer reports, whatever else happens;
 *   <li>an answer that breaks off because the client leaves, with its input and what was produced,
 *       or with what was reserved if more may have been produced than was seen;
 *   <li>one that ends without a report, fails or does not come in time, with what was reserved, or
 *       what was produced if that is more;
 *   <li>one that its provider has certainly not billed, not at all: see {@link Billing}.
 * </ul>
 *
 * <p>An answer that the application throws away, to try again, was answered all the same.
 *
 * <p>Thread-safe: the container tells the end of asynchronous answers on threads of its own.
 */
final class AnswerMeter {

  private static final byte[] NOTHING = {};

  private final AskedBody asked;
  private final AiRequest sent;
  private final Estimate most;
  private final Reservation reservation;
  private final Billing billing;
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private Optional<AnswerHead> head = Optional.empty();
  private @Nullable AnswerRelay relay;
  private boolean begun;
  private boolean finished;
  private Usage thrownAway = Usage.NONE;
  private boolean guessed;

  /**
   * @param sent what the application was given
   */
  AnswerMeter(AskedBody asked, AiRequest sent, Reservation reservation, Billing billing) {
    this.asked = asked;
    this.sent = sent;
    this.most = sent == asked.bounded() ? reservation.call().estimate() : asked.most(sent);
    this.reservation = reservation;
    this.billing = billing;
  }

  /** The first bytes are about to come. */
  synchronized void begin(AnswerHead answer) {
    begun = true;
    head = Optional.of(answer);
    if (answer.readable()) {
      boolean showsUsage = asked.request().asksForUsage();
      relay = new AnswerRelay(sent.protocol(), answer.contentType(), showsUsage, most);
    }
  }

  /** The next bytes: returns those that go to the client. */
  synchronized byte[] pass(byte[] bytes, int offset, int length) {
    if (head.filter(AnswerHead::isError).isPresent()) {
      int room = ProviderError.MAX_BODY_BYTES + 1 - error.size();
      error.write(bytes, offset, Math.min(length, room));
    }
    if (relay != null) {
      return relay.feed(bytes, offset, length);
    }
    byte[] copy = new byte[length];
    System.arraycopy(bytes, offset, copy, 0, length);
    return copy;
  }

  /** Nothing more comes: returns what is left for the client. */
  synchronized byte[] finish() {
    if (finished || relay == null) {
      return NOTHING;
    }
    finished = true;
    return relay.finish();
  }

  /** What has come is thrown away: another answer begins. */
  synchronized void restart() {
    if (begun) {
      throwAway();
    }
    relay = null;
    head = Optional.empty();
    error.reset();
    begun = false;
    finished = false;
  }

  private void throwAway() {
    Optional<Usage> reported = reported();
    if (reported.isPresent()) {
      thrownAway = thrownAway.plus(reported.get());
    } else if (head.filter(AnswerHead::isError).isEmpty()) {
      thrownAway = thrownAway.plus(seen());
      guessed = true;
    }
  }

  /** Whether the answer was ended because it reached its bound. */
  synchronized boolean isCut() {
    return relay != null && relay.isCut();
  }

  /**
   * The application has answered.
   *
   * @return what was charged
   */
  synchronized Optional<CallRecord> answered(int status) {
    Optional<Usage> reported = reported();
    if (reported.isPresent()) {
      return Optional.of(settle(reported.get()));
    }
    tellProviderLimit();
    return billing.mayBeOf(status, error.toByteArray())
        ? Optional.of(settleAtLeastAsReserved())
        : settleUnbilled();
  }

  /**
   * A provider that refuses for a limit of its own refuses all calls: none is worth sending. Told
   * once, though a container tells the end of an asynchronous answer after the application has.
   */
  private void tellProviderLimit() {
    head.filter(answer -> answer.isError() && !reservation.isEnded())
        .flatMap(
            answer -> ProviderLimit.read(answer.status(), answer.retryAfter(), error.toByteArray()))
        .ifPresent(limit -> reservation.providerLimitReached(limit.cause(), limit.until()));
  }

  /** The client is gone. */
  synchronized void left() {
    Optional<Usage> reported = reported();
    if (reported.isPresent()) {
      settle(reported.get());
    } else if (billing.isDenied()) {
      settleUnbilled();
    } else if (mayHideOutput()) {
      settleAtLeastAsReserved();
    } else {
      reservation.settleEstimated(thrownAway.plus(seen()));
    }
  }

  /** Whether more may have been produced than was seen. */
  private boolean mayHideOutput() {
    boolean unreadable = begun && relay == null;
    return !sent.streams() || sent.mayReason() || unreadable;
  }

  /** The application has failed. */
  synchronized void failed(Throwable failure) {
    Optional<Usage> reported = reported();
    if (reported.isPresent()) {
      settle(reported.get());
    } else if (begun || billing.mayBeOf(failure)) {
      settleAtLeastAsReserved();
    } else {
      settleUnbilled();
    }
  }

  /** The application has not answered in time: its provider may have. */
  synchronized void timedOut() {
    Optional<Usage> reported = reported();
    if (reported.isPresent()) {
      settle(reported.get());
    } else if (billing.isDenied()) {
      settleUnbilled();
    } else {
      settleAtLeastAsReserved();
    }
  }

  private CallRecord settleAtLeastAsReserved() {
    Usage seen = seen();
    long reserved = reservation.reserved().outputTokens();
    if (seen.outputTokens() <= reserved && thrownAway.equals(Usage.NONE)) {
      return reservation.settleAsReserved();
    }
    Usage atLeastReserved = withOutput(seen, Math.max(seen.outputTokens(), reserved));
    return reservation.settleEstimated(thrownAway.plus(atLeastReserved));
  }

  private Optional<CallRecord> settleUnbilled() {
    if (thrownAway.equals(Usage.NONE)) {
      reservation.cancel();
      return Optional.empty();
    }
    return Optional.of(settleWhole(thrownAway));
  }

  private CallRecord settle(Usage usage) {
    if (!reservation.isEnded()) {
      asked.learn(sent, most.inputTokens(), usage.inputTokens());
    }
    Optional<BigDecimal> cost = relay == null ? Optional.empty() : relay.reading().costUsd();
    boolean whole = thrownAway.equals(Usage.NONE);
    return whole && cost.isPresent() && asked.route().cost() == CostSource.REPORTED
        ? reservation.settle(usage, cost.get())
        : settleWhole(thrownAway.plus(usage));
  }

  private CallRecord settleWhole(Usage usage) {
    String answeredBy = relay == null ? "" : relay.reading().model();
    return guessed ? reservation.settleEstimated(usage) : reservation.settle(usage, answeredBy);
  }

  private Optional<Usage> reported() {
    finish();
    return relay == null ? Optional.empty() : relay.reading().usage(most.inputTokens());
  }

  /** By what was seen: a guess, and no more than the provider was asked for. */
  private Usage seen() {
    if (relay == null) {
      return Usage.of(most.inputTokens(), 0);
    }
    Usage spent = relay.reading().spent(most.inputTokens());
    return withOutput(spent, Math.min(spent.outputTokens(), most.outputTokens()));
  }

  private static Usage withOutput(Usage usage, long outputTokens) {
    return new Usage(
        usage.inputTokens(),
        usage.cacheReadTokens(),
        usage.cacheWriteTokens(),
        usage.hourCacheWriteTokens(),
        outputTokens,
        Math.min(usage.reasoningTokens(), outputTokens));
  }
}
