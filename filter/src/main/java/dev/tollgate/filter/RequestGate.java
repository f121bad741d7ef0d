package dev.tollgate.filter;

import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.Decision;
import dev.tollgate.RefusedException;
import dev.tollgate.Tollgate;
import dev.tollgate.config.ErrorFormat;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.config.HttpSettings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request through the filter. It is charged at most once: by its first dispatch to a
 * route, except as an error page. Thread-safe.
 */
final class RequestGate implements AutoCloseable {

  /** How deep a refusal may be wrapped in other exceptions. */
  private static final int MAX_CAUSES = 16;

  private final Tollgate tollgate;
  private final Supplier<HttpSettings> settings;
  private final InstantSource clock;
  private final WaitingRoom waitingRoom;
  private volatile CallReader reader;

  /**
   * @throws IllegalArgumentException when a trusted proxy of the settings is malformed
   */
  RequestGate(Tollgate tollgate, Supplier<HttpSettings> settings, InstantSource clock) {
    this.tollgate = tollgate;
    this.settings = settings;
    this.clock = clock;
    this.waitingRoom = new WaitingRoom(tollgate);
    this.reader = new CallReader(settings.get());
  }

  void pass(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Optional<RequestCharge> charged = RequestCharge.of(request);
    if (charged.isPresent()) {
      proceed(charged.get(), request, response, chain);
      return;
    }
    ErrorFormat errors = ErrorFormat.PROBLEM;
    try {
      CallReader current = reader();
      Optional<HttpRoute> route = route(current, request);
      if (route.isPresent()) {
        errors = route.get().errors();
        Call call = current.call(request, route.get());
        decide(call, route.get(), current.settings().waitingRoom(), request, response, chain);
        return;
      }
    } catch (RejectedException rejected) {
      reject(rejected, errors, request, response);
      return;
    }
    proceed(null, request, response, chain);
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
      current = new CallReader(latest);
      reader = current;
    }
    return current;
  }

  private static Optional<HttpRoute> route(CallReader reader, HttpServletRequest request)
      throws RejectedException {
    return request.getDispatcherType() == DispatcherType.ERROR
        ? Optional.empty()
        : reader.route(request);
  }

  private void decide(
      Call call,
      HttpRoute route,
      int places,
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain)
      throws IOException, ServletException {
    boolean mayWait =
        WaitingRequest.isPossible(request, route) && waitingRoom.hasRoom(call, places);
    if (mayWait && waitingRoom.isAwaited(call)) {
      waitingRoom.enter(WaitingRequest.start(call, route, request, response, clock), places);
      return;
    }
    Decision decision = tollgate.reserve(call);
    if (!(decision instanceof Decision.Refused refused)) {
      proceed(
          RequestCharge.remember(decision, route, request, response, clock),
          request,
          response,
          chain);
    } else if (mayWait && WaitingRequest.isWorthwhile(refused, route)) {
      waitingRoom.enter(
          WaitingRequest.start(call, route, request, response, clock), places, refused);
    } else {
      refuse(refused, route, request, response);
    }
  }

  /**
   * Within an include nothing but a page's part can be written: the page's own dispatch answers.
   */
  private void refuse(
      Decision.Refused refused,
      HttpRoute route,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    if (request.getDispatcherType() == DispatcherType.INCLUDE) {
      throw new RefusedException(refused);
    }
    RefusalAnswer.of(refused, route.errors(), clock.instant()).writeTo(response);
  }

  private static void reject(
      RejectedException rejected,
      ErrorFormat errors,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException, ServletException {
    if (request.getDispatcherType() == DispatcherType.INCLUDE) {
      throw new ServletException(rejected);
    }
    RefusalAnswer.of(rejected, errors).writeTo(response);
  }

  /** Runs the application; a refusal that it lets through becomes the answer. */
  private void proceed(
      @Nullable RequestCharge charge,
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain)
      throws IOException, ServletException {
    try (CallContext.Scope bound = charge == null ? () -> {} : charge.context().open()) {
      chain.doFilter(request, response);
    } catch (IOException | ServletException | RuntimeException failure) {
      ErrorFormat errors = charge == null ? ErrorFormat.PROBLEM : charge.errors();
      Optional<Answer> answer = answerTo(failure, errors);
      if (answer.isPresent() && charge != null) {
        charge.giveBack();
      }
      if (answer.isEmpty() || !isAnswerable(request, response)) {
        throw failure;
      }
      answer.get().writeTo(response);
    }
  }

  private static boolean isAnswerable(HttpServletRequest request, HttpServletResponse response) {
    return request.getDispatcherType() != DispatcherType.INCLUDE
        && !request.isAsyncStarted()
        && !response.isCommitted();
  }

  private Optional<Answer> answerTo(Throwable failure, ErrorFormat errors) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof RefusedException refused) {
        return Optional.of(RefusalAnswer.of(refused.decision(), errors, clock.instant()));
      }
      if (cause instanceof RejectedException rejected) {
        return Optional.of(RefusalAnswer.of(rejected, errors));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }
}
