package dev.tollgate.sample;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through: until the provider answers an error may be answered, from then on
 * the answer is handed on. Holds no thread while it waits. Thread-safe.
 */
final class Passage implements AsyncListener {

  private static final byte[] NOTHING = {};

  /** By this attribute Tollgate's filter is told whether the provider may have billed a call. */
  private static final String BILLED = "dev.tollgate.billed";

  /** About the application's key, which such an answer may repeat; the client's is another one. */
  private static final int UNAUTHORIZED = 401;

  /** A client that leaves a silent stream is noticed after the second comment at the latest. */
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private static final String BROKEN_OFF = "the provider's answer broke off";

  private final AsyncContext async;
  private final Dialect dialect;
  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final CompletableFuture<ProviderReply> reply;
  private final ScheduledExecutorService clock;
  private final Consumer<Passage> leave;

  /**
   * Whether the response belongs to somebody: to the relay, or to the one who answers an error.
   * Guarded by this passage, as the response is until then: who ends it waits for who answers.
   */
  private boolean taken;

  private final AtomicBoolean completed = new AtomicBoolean();
  private volatile @Nullable Relay relay;

  /**
   * @param reply what the provider will answer
   * @param clock for streams whose provider is silent
   * @param leave called once, when the request is over
   */
  Passage(
      AsyncContext async,
      Dialect dialect,
      CompletableFuture<ProviderReply> reply,
      ScheduledExecutorService clock,
      Consumer<Passage> leave) {
    this.async = async;
    this.dialect = dialect;
    this.request = (HttpServletRequest) async.getRequest();
    this.response = (HttpServletResponse) async.getResponse();
    this.reply = reply;
    this.clock = clock;
    this.leave = leave;
  }

  void start() {
    async.addListener(this);
    reply.whenComplete(
        (answer, failure) -> {
          if (failure == null) {
            handOn(answer);
          } else {
            answerError(failure);
          }
        });
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    stop(HttpProblem.gatewayTimeout("the provider did not answer in time"));
  }

  /** Ends with the application. */
  void end() {
    stop(HttpProblem.unavailable("the application ends"));
  }

  /** Ends at once, with this where nothing has been answered yet. */
  private void stop(HttpProblem problem) {
    answerError(problem, true);
    reply.cancel(true);
    Relay begun = relay;
    if (begun != null) {
      try {
        begun.breakOff();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    complete();
  }

  @Override
  public void onError(AsyncEvent event) {
    reply.cancel(true);
    Relay begun = relay;
    if (begun != null) {
      begun.abandon();
    }
    complete();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    leave.accept(this);
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    event.getAsyncContext().addListener(this);
  }

  private void handOn(ProviderReply answer) {
    if (answer.status() == UNAUTHORIZED) {
      answer.body().subscribe(new Unwanted());
      answerError(
          HttpProblem.badGateway("the provider does not know the application's key"), false);
      return;
    }
    boolean events = isEvents(answer);
    Optional<Relay> begun = begin(answer, events ? dialect.failedEvent(BROKEN_OFF) : NOTHING);
    if (begun.isEmpty()) {
      answer.body().subscribe(new Unwanted());
      return;
    }
    answer.body().subscribe(begun.get());
    if (events) {
      begun.get().keepAlive(clock, SILENCE);
    }
  }

  /** Takes the response for the relay; empty when an error was answered, or nobody listens. */
  private synchronized Optional<Relay> begin(ProviderReply answer, byte[] farewell) {
    if (taken) {
      return Optional.empty();
    }
    taken = true;
    if (isOwnError(answer.status())) {
      request.setAttribute(BILLED, false);
    }
    response.setStatus(answer.status());
    response.setHeader("Cache-Control", "no-store");
    answer.headers().forEach(response::setHeader);
    try {
      Relay begun = new Relay(response.getOutputStream(), farewell, this::complete);
      relay = begun;
      return Optional.of(begun);
    } catch (IOException clientLeft) {
      complete();
      return Optional.empty();
    }
  }

  /** Providers do not bill what they answer so; a timeout may be that of a server before them. */
  private static boolean isOwnError(int status) {
    return switch (status) {
      case 500, 502, 503, 529 -> true;
      default -> false;
    };
  }

  /** Only a stream of events has a place for a comment, or for an error after it has begun. */
  private static boolean isEvents(ProviderReply answer) {
    return answer.headers().getOrDefault("Content-Type", "").startsWith("text/event-stream");
  }

  private void answerError(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      answerError(HttpProblem.badGateway("the provider cannot be reached"), false);
    } else if (cause instanceof HttpTimeoutException) {
      answerError(HttpProblem.gatewayTimeout("the provider did not answer in time"), true);
    } else {
      answerError(HttpProblem.badGateway(BROKEN_OFF), true);
    }
  }

  /**
   * @param billed whether the provider may have billed the call
   */
  private void answerError(HttpProblem problem, boolean billed) {
    synchronized (this) {
      if (taken) {
        return;
      }
      taken = true;
      request.setAttribute(BILLED, billed);
      try {
        problem.send(request, response);
      } catch (IOException | IllegalStateException clientLeft) {
        // Nobody is there to be told.
      }
    }
    complete();
  }

  private void complete() {
    if (completed.compareAndSet(false, true)) {
      async.complete();
    }
  }
}
