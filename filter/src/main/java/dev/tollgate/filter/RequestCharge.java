package dev.tollgate.filter;

import dev.tollgate.CallContext;
import dev.tollgate.Decision;
import dev.tollgate.Reservation;
import dev.tollgate.config.ErrorFormat;
import dev.tollgate.config.HttpRoute;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.InstantSource;
import java.util.Optional;

/**
 * That a request has been charged, remembered in the request itself: its further dispatches are the
 * same call. Used by one thread at a time, as its response is.
 */
final class RequestCharge {

  private static final String ATTRIBUTE = RequestCharge.class.getName();

  private final Decision decision;
  private final HttpRoute route;
  private final HttpServletResponse response;
  private final InstantSource clock;
  private final CallContext context;
  private boolean announced;

  private RequestCharge(
      Decision decision, HttpRoute route, HttpServletResponse response, InstantSource clock) {
    this.decision = decision;
    this.route = route;
    this.response = response;
    this.clock = clock;
    this.context = CallContext.of(decision.orThrow(), this::tell);
  }

  /** Remembers that the request was let in. */
  static RequestCharge remember(
      Decision decision, HttpRoute route, Exchange exchange, InstantSource clock) {
    RequestCharge charge = new RequestCharge(decision, route, exchange.response(), clock);
    exchange.request().setAttribute(ATTRIBUTE, charge);
    return charge;
  }

  /** The charge of a request that was let in before. */
  static Optional<RequestCharge> of(ServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof RequestCharge charge
        ? Optional.of(charge)
        : Optional.empty();
  }

  /** Tells the client once how it was let in. Later decisions of inner gates are told instead. */
  void announce() {
    if (!announced) {
      announced = true;
      tell(decision);
    }
  }

  /** What the inner gates of the request know. */
  CallContext context() {
    return context;
  }

  ErrorFormat errors() {
    return route.errors();
  }

  /** Gives back what no inner gate has taken over. */
  void giveBack() {
    context.takeCharged().ifPresent(Reservation::cancel);
  }

  private void tell(Decision made) {
    if (!(made instanceof Decision.Refused) && !response.isCommitted()) {
      DecisionHeaders.of(made, route.errors(), clock.instant()).forEach(response::setHeader);
    }
  }
}
