package dev.tollgate.filter;

import dev.tollgate.Reservation;
import dev.tollgate.providers.AiRequest;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import java.io.IOException;

/**
 * The way of a call whose body and answer are metered, through the application. Used by one thread
 * at a time, but for the container's, which tell the end of asynchronous answers.
 */
final class BodyCharge {

  private final AskedBody asked;
  private final Reservation reservation;

  BodyCharge(AskedBody asked, Reservation reservation) {
    this.asked = asked;
    this.reservation = reservation;
  }

  boolean streams() {
    return asked.request().streams();
  }

  Reservation reservation() {
    return reservation;
  }

  /**
   * Lets the application answer, and settles with what it answers: here, or when its asynchronous
   * answer ends. Dispatches inside, and error pages, are parts of the same answer.
   *
   * @throws RejectedException when the call is restricted and cannot be made small enough: then the
   *     application has not been asked
   */
  void proceed(Exchange exchange) throws IOException, ServletException, RejectedException {
    if (exchange.is(DispatcherType.ERROR) || MeteredRequest.isWithin(exchange.request())) {
      exchange.proceed();
      return;
    }
    AiRequest sent = asked.handedOn(reservation.restriction());
    Billing billing = new Billing(exchange.request());
    AnswerMeter meter = new AnswerMeter(asked, sent, reservation, billing);
    MeteredResponse response = new MeteredResponse(exchange.response(), meter, sent.streams());
    MeteredRequest request =
        new MeteredRequest(exchange.request(), sent, response, new Ending(meter, response));
    proceed(new Exchange(request, response, exchange.chain()), request, response, meter);
  }

  private static void proceed(
      Exchange metered, MeteredRequest request, MeteredResponse response, AnswerMeter meter)
      throws IOException, ServletException {
    try {
      metered.proceed();
    } catch (IOException | ServletException | RuntimeException | Error failure) {
      boolean cut = failure instanceof IOException && meter.isCut();
      if (!cut && !request.isAsynchronous()) {
        meter.failed(failure);
      }
      if (!cut) {
        throw failure;
      }
    }
    if (!request.isAsynchronous()) {
      response.end();
    }
  }

  /** Ends the reservation with an asynchronous answer. Listeners after it may answer an error. */
  private record Ending(AnswerMeter meter, MeteredResponse response) implements AsyncListener {

    @Override
    public void onComplete(AsyncEvent event) {
      meter.answered(response.getStatus());
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      response.passAtOnce();
      meter.timedOut();
    }

    @Override
    public void onError(AsyncEvent event) {
      response.passAtOnce();
      if (event.getThrowable() instanceof IOException) {
        meter.left();
      } else {
        meter.failed(event.getThrowable());
      }
    }

    /** The request adds this anew whenever it becomes asynchronous again. */
    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
