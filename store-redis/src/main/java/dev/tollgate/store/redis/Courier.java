package dev.tollgate.store.redis;

import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Brings operations to the server that has their account, and the answer back: follows accounts
 * that move, and asks again what did not happen, or may be asked twice. Thread-safe.
 */
final class Courier {

  /** An operation whose answer was lost is sent this often at most. */
  private static final int MAX_TRIES = 3;

  /** Redirections in a row that are followed at once: more come only while nodes disagree. */
  private static final int PROMPT_REDIRECTIONS = 3;

  private static final long MIN_PAUSE_NANOS = 1_000_000;
  private static final long MAX_PAUSE_NANOS = 16_000_000;

  /**
   * The network of a server that answered the last time may be silent for this many deadlines: a
   * process that is short of processor time loses tens of milliseconds without any outage.
   */
  private static final int PATIENCE = 3;

  /**
   * Callers wait for so many deadlines while others' batches are under way. An outage does not take
   * them so long: the batches before theirs fail after the silence that is tolerated.
   */
  private static final int MAX_DEADLINES = 20;

  private final Topology topology;
  private final long deadlineNanos;
  private volatile boolean isAnswering;

  Courier(Topology topology, Duration deadline) {
    this.topology = topology;
    this.deadlineNanos = deadline.toNanos();
  }

  /** How long the network may be silent. */
  long silenceNanos() {
    return (isAnswering ? PATIENCE : 1) * deadlineNanos;
  }

  /** How an operation must be brought. */
  enum Care {
    /** It counts each time. */
    ONCE,
    /** It counts once, however often it is brought. */
    REPEATABLE,
    /** The same, and it is waited until a replica has what was written. */
    REPLICATED
  }

  /** What to bring. */
  record Parcel(Script script, Names names, List<String> words, Care care) {}

  /**
   * @param silenceNanos how long the network may be silent, all tries together
   * @throws StoreException when there is no answer; the message says whether anything was done, and
   *     what an operator can do
   */
  Reply.Answer bring(Parcel parcel, long silenceNanos) throws StoreException {
    Journey journey = new Journey(silenceNanos);
    while (true) {
      Reply reply = journey.next(parcel);
      if (reply instanceof Reply.Answer answer) {
        return answer;
      }
      if (reply instanceof Reply.Refused refused) {
        throw failure("nothing was done: " + refused.why(), refused.cause());
      }
      if (reply instanceof Reply.NotSent failed) {
        throw failure("nothing was done: " + failed.why(), failed.cause());
      }
      if (reply instanceof Reply.Postponed failed && journey.isOver()) {
        throw failure("nothing was done: " + failed.why(), failed.cause());
      }
      if (reply instanceof Reply.Redirected moved && journey.isOver()) {
        throw failure("nothing was done: the account is being moved", moved.cause());
      }
      if (reply instanceof Reply.Unknown failed
          && (parcel.care() == Care.ONCE || journey.isOver() || ++journey.losses == MAX_TRIES)) {
        throw failure("outcome unknown: " + failed.why(), failed.cause());
      }
      journey.pause(reply);
    }
  }

  /**
   * The answers to operations that are sent together, once each: empty where there is none, and the
   * operation may have been done.
   *
   * @param parcels that may be repeated
   */
  List<Optional<Reply.Answer>> bringTogether(List<Parcel> parcels) {
    List<Sent> sent = new ArrayList<>();
    long silence = silenceNanos();
    for (Parcel parcel : parcels) {
      Ask ask = ask(parcel, false, silence, System.nanoTime() + MAX_DEADLINES * deadlineNanos);
      try {
        Line line = topology.lineTo(ask.names(), ask.networkDeadline());
        line.submit(ask);
        sent.add(new Sent(Optional.of(line), ask));
      } catch (JedisException unknown) {
        sent.add(new Sent(Optional.empty(), ask));
      }
    }
    return sent.stream().map(Courier::answer).toList();
  }

  /** Where an operation was sent, if anywhere. */
  private record Sent(Optional<Line> line, Ask ask) {}

  private static Optional<Reply.Answer> answer(Sent sent) {
    return sent.line()
        .map(line -> line.await(sent.ask()))
        .filter(Reply.Answer.class::isInstance)
        .map(Reply.Answer.class::cast);
  }

  private static Ask ask(
      Parcel parcel, boolean isRedirected, long silenceNanos, long deadlineNanos) {
    return new Ask(
        parcel.script(),
        parcel.names(),
        parcel.words(),
        isRedirected,
        parcel.care() == Care.REPLICATED,
        silenceNanos,
        deadlineNanos);
  }

  private static StoreException failure(String what, Exception cause) {
    return new StoreException(what + " (" + cause.getMessage() + ")", cause);
  }

  /** The tries of one operation. Used by one thread. */
  private final class Journey {

    private final long startNanos = System.nanoTime();
    private final long silenceNanos;
    private Reply.@Nullable Redirected redirection;
    private int redirections;
    private int pauses;
    private int losses;

    Journey(long silenceNanos) {
      this.silenceNanos = silenceNanos;
    }

    /** Asks once more, in what is left of the time. */
    Reply next(Parcel parcel) {
      long left = startNanos + silenceNanos - System.nanoTime();
      Ask ask =
          ask(
              parcel,
              redirection != null && redirection.isOnce(),
              left,
              startNanos + Math.max(silenceNanos, MAX_DEADLINES * deadlineNanos));
      Reply reply = send(ask);
      isAnswering = reply.isFromServer();
      redirection = reply instanceof Reply.Redirected moved ? moved : null;
      if (redirection == null && !(reply instanceof Reply.Answer)) {
        topology.suspect();
      }
      return reply;
    }

    private Reply send(Ask ask) {
      try {
        Line line =
            redirection != null
                ? topology.follow(redirection)
                : topology.lineTo(ask.names(), ask.networkDeadline());
        return line.ask(ask);
      } catch (JedisDataException e) {
        return new Reply.Refused(Refusal.of(e).remedy(), e);
      } catch (JedisException e) {
        return new Reply.NotSent("the servers cannot be reached", e);
      }
    }

    /** Whether too little time is left for a try that can succeed. */
    boolean isOver() {
      return System.nanoTime() - startNanos >= silenceNanos - deadlineNanos / 2;
    }

    /** Gives servers that change their places time to do so. */
    void pause(Reply reply) {
      boolean isPrompt =
          reply instanceof Reply.Unknown
              || reply instanceof Reply.Redirected && ++redirections <= PROMPT_REDIRECTIONS;
      if (!isPrompt) {
        LockSupport.parkNanos(Math.min(MAX_PAUSE_NANOS, MIN_PAUSE_NANOS << Math.min(pauses++, 10)));
      }
    }
  }
}
