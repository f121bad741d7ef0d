package dev.tollgate.filter;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.RefusedException;
import dev.tollgate.Tollgate;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.config.HttpSettings;
import dev.tollgate.providers.TokenCounters;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The way of a request through the filter. It is charged at most once: by its first dispatch to a
 * route, except as an error page. Thread-safe.
 */
final class RequestGate implements AutoCloseable {

  private final Tollgate tollgate;
  private final Supplier<HttpSettings> settings;
  private final TokenCounters counters;
  private final InstantSource clock;
  private final WaitingRoom waitingRoom;
  private volatile CallReader reader;

  /**
   * @throws IllegalArgumentException when a trusted proxy of the settings is malformed
   */
  RequestGate(
      Tollgate tollgate,
      Supplier<HttpSettings> settings,
      TokenCounters counters,
      InstantSource clock) {
    this.tollgate = tollgate;
    this.settings = settings;
    this.counters = counters;
    this.clock = clock;
    this.waitingRoom = new WaitingRoom(tollgate);
    this.reader = new CallReader(settings.get(), counters);
  }

  void pass(Exchange exchange) throws IOException, ServletException {
    Optional<RequestCharge> charged = RequestCharge.of(exchange.request());
    if (charged.isPresent()) {
      proceed(charged.get(), exchange);
      return;
    }
    CallReader current = reader();
    RefusalAnswers refusals = current.refusals();
    Optional<Caller> visitor;
    try {
      Optional<HttpRoute> route = route(current, exchange);
      if (route.isPresent()) {
        refusals = current.refusals(route.get());
        Arrival arrival = current.arrival(exchange.request(), route.get());
        decide(arrival, current.settings().waitingRoom(), exchange);
        return;
      }
      visitor = current.visitor(exchange.request());
    } catch (RejectedException rejected) {
      reject(rejected, refusals, exchange);
      return;
    }
    try (CallContext.Scope bound = bind(visitor)) {
      proceed(exchange, refusals);
    }
  }

  private static CallContext.Scope bind(Optional<Caller> visitor) {
    return visitor.map(CallContext::of).map(CallContext::open).orElse(() -> {});
  }

  /** Ends the waiting room: those who wait are told to come back. */
  @Override
  public void close() {
    waitingRoom.close();
  }

  private CallReader reader() {
    HttpSettings latest = settings.get();
    CallReader current = reader;
    if (current.settings() != latest) {
      current = new CallReader(latest, counters);
      reader = current;
    }
    return current;
  }

  private static Optional<HttpRoute> route(CallReader reader, Exchange exchange)
      throws RejectedException {
    return exchange.is(DispatcherType.ERROR) ? Optional.empty() : reader.route(exchange.request());
  }

  private void decide(Arrival arrival, int places, Exchange exchange)
      throws IOException, ServletException {
    Call call = arrival.call();
    HttpRoute route = arrival.route();
    boolean mayWait =
        WaitingRequest.isPossible(exchange, route) && waitingRoom.hasRoom(call, places);
    if (mayWait && waitingRoom.isAwaited(call)) {
      waitingRoom.enter(WaitingRequest.start(arrival, exchange, clock), places);
      return;
    }
    Decision decision = tollgate.reserve(call);
    if (!(decision instanceof Decision.Refused refused)) {
      proceed(RequestCharge.remember(decision, arrival, exchange, clock), exchange);
    } else if (mayWait && WaitingRequest.isWorthwhile(refused, route)) {
      waitingRoom.enter(WaitingRequest.start(arrival, exchange, clock), places, refused);
    } else {
      refuse(refused, arrival.refusals(), exchange);
    }
  }

  /** A refused part refuses the page that includes it: the page's own dispatch answers. */
  private void refuse(Decision.Refused refused, RefusalAnswers refusals, Exchange exchange)
      throws IOException {
    if (exchange.is(DispatcherType.INCLUDE)) {
      throw new RefusedException(refused);
    }
    refusals.of(refused, clock.instant()).writeTo(exchange.response());
  }

  private static void reject(RejectedException rejected, RefusalAnswers refusals, Exchange exchange)
      throws IOException, ServletException {
    if (exchange.is(DispatcherType.INCLUDE)) {
      throw new ServletException(rejected);
    }
    refusals.of(rejected).writeTo(exchange.response());
  }

  private void proceed(Exchange exchange, RefusalAnswers refusals)
      throws IOException, ServletException {
    try {
      exchange.proceed();
    } catch (IOException | ServletException | RuntimeException failure) {
      Optional<Answer> answer = refusals.find(failure, clock.instant());
      if (answer.isEmpty() || !exchange.isAnswerable()) {
        throw failure;
      }
      answer.get().writeTo(exchange.response());
    }
  }

  /** A refusal that the application lets through becomes the answer, and nothing is charged. */
  private void proceed(RequestCharge charge, Exchange exchange)
      throws IOException, ServletException {
    charge.announce();
    try (CallContext.Scope bound = charge.context().open()) {
      charge.proceed(exchange);
    } catch (RejectedException tooLarge) {
      charge.giveBack();
      reject(tooLarge, charge.refusals(), exchange);
    } catch (IOException | ServletException | RuntimeException failure) {
      Optional<Answer> answer = charge.refusals().find(failure, clock.instant());
      if (answer.isPresent()) {
        charge.giveBack();
      }
      if (answer.isEmpty() || !exchange.isAnswerable()) {
        throw failure;
      }
      answer.get().writeTo(exchange.response());
    }
  }
}
