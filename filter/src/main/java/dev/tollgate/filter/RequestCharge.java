package dev.tollgate.filter;

import dev.tollgate.CallContext;
import dev.tollgate.Decision;
import dev.tollgate.Money;
import dev.tollgate.Reservation;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/**
 * That a request has been charged, remembered in the request itself: its further dispatches are the
 * same call. Used by one thread at a time, as its response is.
 */
final class RequestCharge {

  private static final String ATTRIBUTE = RequestCharge.class.getName();

  private final Decision decision;
  private final RefusalAnswers refusals;
  private final HttpServletResponse response;
  private final InstantSource clock;
  private final CallContext context;
  private final Optional<BodyCharge> body;
  private boolean announced;

  private RequestCharge(
      Decision decision, Arrival arrival, HttpServletResponse response, InstantSource clock) {
    this.decision = decision;
    this.refusals = arrival.refusals();
    this.response = response;
    this.clock = clock;
    this.context = CallContext.of(decision.orThrow(), this::tell);
    this.body = arrival.body().map(asked -> new BodyCharge(asked, decision.orThrow()));
  }

  /** Remembers that the request was let in. */
  static RequestCharge remember(
      Decision decision, Arrival arrival, Exchange exchange, InstantSource clock) {
    RequestCharge charge = new RequestCharge(decision, arrival, exchange.response(), clock);
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
      body.filter(BodyCharge::streams).ifPresent(this::tellReserved);
    }
  }

  /** A stream's cost is not known before its end, but no more than this. */
  private void tellReserved(BodyCharge streaming) {
    String most = Money.usd(streaming.reservation().worstCost()).toPlainString();
    response.setHeader("Tollgate-Cost-Reserved", most);
  }

  /**
   * Lets the application answer.
   *
   * @throws RejectedException when the call is restricted and cannot be made small enough
   */
  void proceed(Exchange exchange) throws IOException, ServletException, RejectedException {
    if (body.isPresent()) {
      body.get().proceed(exchange);
    } else {
      exchange.proceed();
    }
  }

  /** What the inner gates of the request know. */
  CallContext context() {
    return context;
  }

  /** How it is refused after all. */
  RefusalAnswers refusals() {
    return refusals;
  }

  /** Gives back what no inner gate has taken over; what the filter itself meters, always. */
  void giveBack() {
    body.map(BodyCharge::reservation).ifPresent(Reservation::cancel);
    context.takeCharged().ifPresent(Reservation::cancel);
  }

  private void tell(Decision made) {
    if (!(made instanceof Decision.Refused) && !response.isCommitted()) {
      DecisionHeaders.of(made, refusals.format(), clock.instant()).forEach(response::setHeader);
    }
  }
}
