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
 *   <li>an answer that breaks off because the client leaves, with its input and what was produced;
 *   <li>one that ends without a report, with what was reserved, or what was produced if that is
 *       more;
 *   <li>an error without a report, or a failure before anything was produced, not at all.
 * </ul>
 *
 * <p>Thread-safe: the container tells the end of asynchronous answers on threads of its own.
 */
final class AnswerMeter {

  private static final byte[] NOTHING = {};
  private static final int FIRST_ERROR = 400;

  private final AskedBody asked;
  private final AiRequest sent;
  private final Estimate most;
  private final Reservation reservation;
  private final ByteArrayOutputStream refusal = new ByteArrayOutputStream();
  private Optional<AnswerHead> head = Optional.empty();
  private @Nullable AnswerRelay relay;
  private boolean begun;
  private boolean finished;

  /**
   * @param sent what the application was given
   */
  AnswerMeter(AskedBody asked, AiRequest sent, Reservation reservation) {
    this.asked = asked;
    this.sent = sent;
    this.most = asked.most(sent);
    this.reservation = reservation;
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
    if (head.filter(AnswerHead::isRefusal).isPresent()) {
      int room = ProviderError.MAX_BODY_BYTES + 1 - refusal.size();
      refusal.write(bytes, offset, Math.min(length, room));
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
    relay = null;
    head = Optional.empty();
    refusal.reset();
    begun = false;
    finished = false;
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
    if (reported().isEmpty() && status >= FIRST_ERROR) {
      tellProviderLimit();
      reservation.cancel();
      return Optional.empty();
    }
    return Optional.of(settleAtLeastAsReserved());
  }

  /** A provider that refuses for a limit of its own refuses all calls: none is worth sending. */
  private void tellProviderLimit() {
    head.filter(AnswerHead::isRefusal)
        .flatMap(
            answer ->
                ProviderLimit.read(answer.status(), answer.retryAfter(), refusal.toByteArray()))
        .ifPresent(limit -> reservation.providerLimitReached(limit.cause(), limit.until()));
  }

  /** The client is gone. */
  synchronized void left() {
    Optional<Usage> reported = reported();
    if (reported.isPresent()) {
      settle(reported.get());
    } else {
      reservation.settleEstimated(spent());
    }
  }

  /** The application has failed. */
  synchronized void failed() {
    if (begun) {
      settleAtLeastAsReserved();
    } else {
      reservation.cancel();
    }
  }

  /** The application has not answered in time: its provider may have. */
  synchronized void timedOut() {
    settleAtLeastAsReserved();
  }

  private CallRecord settleAtLeastAsReserved() {
    Optional<Usage> reported = reported();
    if (reported.isPresent()) {
      return settle(reported.get());
    }
    Usage spent = spent();
    return spent.outputTokens() > reservation.reserved().outputTokens()
        ? reservation.settleEstimated(spent)
        : reservation.settleAsReserved();
  }

  private CallRecord settle(Usage usage) {
    if (!reservation.isEnded()) {
      asked.learn(sent, most.inputTokens(), usage.inputTokens());
    }
    Optional<BigDecimal> cost = relay == null ? Optional.empty() : relay.reading().costUsd();
    return cost.isPresent() && asked.route().cost() == CostSource.REPORTED
        ? reservation.settle(usage, cost.get())
        : reservation.settle(usage);
  }

  private Optional<Usage> reported() {
    finish();
    return relay == null ? Optional.empty() : relay.reading().usage(most.inputTokens());
  }

  /** By what was seen: a guess, and no more than the provider was asked for. */
  private Usage spent() {
    if (relay == null) {
      return Usage.of(most.inputTokens(), 0);
    }
    Usage seen = relay.reading().spent(most.inputTokens());
    long output = Math.min(seen.outputTokens(), most.outputTokens());
    return new Usage(
        seen.inputTokens(),
        seen.cacheReadTokens(),
        seen.cacheWriteTokens(),
        seen.hourCacheWriteTokens(),
        output,
        Math.min(seen.reasoningTokens(), output));
  }
}
