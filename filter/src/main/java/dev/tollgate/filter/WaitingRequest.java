package dev.tollgate.filter;

import dev.tollgate.Call;
import dev.tollgate.Decision;
import dev.tollgate.config.HttpRoute;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A request that waits, through its {@link AsyncContext}. Its wait ends once: let in, refused,
 * timed out or left by the client, whichever comes first. Thread-safe.
 */
final class WaitingRequest implements AsyncListener {

  /** How long the container gives the room above the route's own bound to end the wait. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Arrival arrival;
  private final Exchange exchange;
  private final AsyncContext async;
  private final InstantSource clock;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile Runnable onLeave = () -> {};

  private WaitingRequest(
      Arrival arrival, Exchange exchange, AsyncContext async, InstantSource clock) {
    this.arrival = arrival;
    this.exchange = exchange;
    this.async = async;
    this.clock = clock;
  }

  /** Whether the route lets calls wait, and the request and its servlet can do it. */
  static boolean isPossible(Exchange exchange, HttpRoute route) {
    return route.maxWait().compareTo(Duration.ZERO) > 0
        && exchange.is(DispatcherType.REQUEST)
        && exchange.request().isAsyncSupported()
        && !exchange.request().isAsyncStarted();
  }

  /** Whether a refused call would fit before it has waited too long. */
  static boolean isWorthwhile(Decision.Refused refused, HttpRoute route) {
    Decision.Refusal refusal = refused.refusal();
    return !(refusal instanceof Decision.Refusal.StoreUnavailable)
        && passes(refusal)
        && refusal.retryAfter().stream().anyMatch(wait -> wait.compareTo(route.maxWait()) <= 0);
  }

  /** Whether a wait can outlast it: not where people, or minutes of calm, must end it. */
  static boolean passes(Decision.Refusal refusal) {
    return refusal.retryAfter().isPresent()
        && !(refusal instanceof Decision.Refusal.SpendHalted)
        && !(refusal instanceof Decision.Refusal.AbnormalUsage)
        && !(refusal instanceof Decision.Refusal.CallerBlocked);
  }

  /** Frees the container's thread: the request goes on when its wait ends. */
  static WaitingRequest start(Arrival arrival, Exchange exchange, InstantSource clock) {
    AsyncContext async = exchange.request().startAsync(exchange.request(), exchange.response());
    async.setTimeout(arrival.route().maxWait().plus(GRACE).toMillis());
    WaitingRequest waiting = new WaitingRequest(arrival, exchange, async, clock);
    async.addListener(waiting);
    return waiting;
  }

  static WaitingLines.Key key(Call call) {
    return new WaitingLines.Key(call.caller().id(), call.route());
  }

  WaitingLines.Key key() {
    return key(arrival.call());
  }

  Call call() {
    return arrival.call();
  }

  Duration maxWait() {
    return arrival.route().maxWait();
  }

  /**
   * @param leave runs when the request leaves by itself
   */
  void onLeave(Runnable leave) {
    onLeave = leave;
  }

  /** Lets the request go on; one that has left meanwhile gets its charge back. */
  void admit(Decision decision) {
    if (!ended.compareAndSet(false, true)) {
      decision.orThrow().cancel();
      return;
    }
    RequestCharge charge = RequestCharge.remember(decision, arrival, exchange, clock);
    try {
      async.dispatch();
    } catch (IllegalStateException | UnsupportedOperationException leftOrStopping) {
      charge.giveBack();
      answerLater(arrival.refusals().unavailable());
    }
  }

  /** Refuses the request. */
  void refuse(Decision.Refused refused) {
    endLater(arrival.refusals().of(refused, clock.instant()));
  }

  /** Tells the client to come back. */
  void giveUp() {
    endLater(arrival.refusals().unavailable());
  }

  /** Tells the client to come back, on this thread: the container begins nothing any more. */
  void stop() {
    if (ended.compareAndSet(false, true)) {
      complete(arrival.refusals().unavailable());
    }
  }

  private void endLater(Answer answer) {
    if (ended.compareAndSet(false, true)) {
      answerLater(answer);
    }
  }

  /** On a thread of the container: a client may be slow to take the answer. */
  private void answerLater(Answer answer) {
    try {
      async.start(() -> complete(answer));
    } catch (IllegalStateException left) {
      onLeave.run();
    }
  }

  private void complete(Answer answer) {
    try {
      answer.writeTo(exchange.response());
      async.complete();
    } catch (IOException | IllegalStateException left) {
      onLeave.run();
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    onLeave.run();
    stop();
  }

  @Override
  public void onError(AsyncEvent event) {
    leave();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    leave();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {}

  private void leave() {
    ended.set(true);
    onLeave.run();
  }
}
