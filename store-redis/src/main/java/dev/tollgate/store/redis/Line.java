package dev.tollgate.store.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The way to one server: a bounded queue of operations, and a few wires that carry them in batches.
 * A caller that finds a wire free leads a batch; the others wait to be answered, or to lead the
 * next one. Thread-safe; owns no thread.
 */
final class Line implements AutoCloseable {

  static final int WIRES = 2;
  static final int MAX_BATCH = 128;
  static final int MAX_WAITING = 4096;

  private final BlockingQueue<Ask> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final BlockingDeque<Wire> idle = new LinkedBlockingDeque<>(WIRES);

  /**
   * Raised when a connection breaks: the others may lead to a server that has had a successor
   * since, and does not know it.
   */
  private final AtomicInteger generation = new AtomicInteger();

  private volatile boolean isFailing;
  private volatile boolean closed;

  Line(Dialer dialer) {
    for (int i = 0; i < WIRES; i++) {
      idle.addLast(new Wire(dialer, System::nanoTime));
    }
  }

  /** Whether the connection that was used last could not be made, or broke. */
  boolean isFailing() {
    return isFailing;
  }

  /** Brings an operation to the server. Returns by its deadline, however the server behaves. */
  Reply ask(Ask ask) {
    submit(ask);
    return await(ask);
  }

  /**
   * Queues an operation. It goes with the next batch, or when it is {@linkplain #await awaited}.
   */
  void submit(Ask ask) {
    if (closed) {
      ask.complete(
          new Reply.Postponed("the server is no longer used", new IllegalStateException("closed")));
    } else if (!waiting.offer(ask)) {
      ask.complete(
          new Reply.NotSent(
              MAX_WAITING + " operations are waiting", new IllegalStateException("queue is full")));
    }
  }

  /** Brings an operation that was submitted, and others with it. */
  Reply await(Ask ask) {
    Reply reply = ask.reply();
    while (reply == null) {
      Wire wire = ask.isWaiting() ? idle.pollFirst() : null;
      if (wire != null) {
        lead(wire, ask);
      } else if (!ask.park()) {
        return leave(ask);
      }
      reply = ask.reply();
    }
    return reply;
  }

  private Reply leave(Ask ask) {
    Exception cause = new TimeoutException("deadline passed");
    if (ask.leave()) {
      // it may have been woken to lead just now
      wakeNext();
      return new Reply.NotSent("no connection became free in time", cause);
    }
    Reply reply = ask.reply();
    return reply != null ? reply : new Reply.Unknown("no answer in time", cause);
  }

  /** Whatever is thrown, the wire comes back, and nobody waits for a leader that is gone. */
  private void lead(Wire wire, Ask leader) {
    boolean isLed = false;
    try {
      wire.connect(generation.get(), leader.networkDeadline());
      if (!wire.exchange(drain(), leader.networkDeadline())) {
        failWaiting();
      }
      isLed = true;
    } catch (JedisException e) {
      drain().forEach(ask -> ask.complete(unconnected(e)));
      isLed = true;
    } finally {
      if (!isLed) {
        leader.leave();
      }
      isFailing = !wire.isConnected();
      if (isFailing) {
        generation.incrementAndGet();
      }
      idle.addFirst(wire);
      if (closed) {
        disconnect();
      }
      wakeNext();
    }
  }

  private static Reply unconnected(JedisException failure) {
    return failure instanceof JedisDataException error
        ? new Reply.Refused(Refusal.of(error).remedy(), error)
        : new Reply.NotSent("the server cannot be reached", failure);
  }

  /** Who has waited behind a silent server has waited long enough. */
  private void failWaiting() {
    Reply reply = new Reply.NotSent("the server does not answer", new TimeoutException("silence"));
    drain().forEach(ask -> ask.complete(reply));
  }

  private List<Ask> drain() {
    List<Ask> batch = new ArrayList<>();
    Ask next = waiting.poll();
    while (next != null) {
      if (next.send()) {
        batch.add(next);
      }
      next = batch.size() < MAX_BATCH ? waiting.poll() : null;
    }
    if (!waiting.isEmpty()) {
      wakeNext();
    }
    return batch;
  }

  /** Wakes the caller that has waited longest: it leads, if a wire is free. */
  private void wakeNext() {
    Ask head = waiting.peek();
    while (head != null && !head.isWaiting()) {
      waiting.remove(head);
      head = waiting.peek();
    }
    if (head != null) {
      head.wake();
    }
  }

  /** Closes the connections: those in use when their batch is done. Idempotent. */
  @Override
  public void close() {
    closed = true;
    disconnect();
  }

  private void disconnect() {
    for (int i = 0; i < WIRES; i++) {
      Wire wire = idle.pollLast();
      if (wire != null) {
        wire.disconnect();
        idle.addFirst(wire);
      }
    }
  }
}
