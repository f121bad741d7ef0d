package dev.tollgate.store.redis;

import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One connection, made when it is first needed and again after it broke. Not thread-safe: used by
 * the caller that took it from its {@link Line}.
 */
final class Wire {

  /** A server that was not used for so long may have had a successor unnoticed. */
  private static final long MAX_UNASKED_NANOS = 1_000_000_000L;

  /** Firewalls drop what is idle without a word: an operation sent there would be lost. */
  private static final long MAX_IDLE_NANOS = 10_000_000_000L;

  /** The silence of replicas must not be taken for the server's. */
  private static final long PART_FOR_REPLICAS = 4;

  private final Dialer dialer;
  private final LongSupplier nanoTime;
  private @Nullable Link link;
  private boolean isBroken;
  private long usedAtNanos;
  private int generation;

  /**
   * @param nanoTime measures how long the connection was idle
   */
  Wire(Dialer dialer, LongSupplier nanoTime) {
    this.dialer = dialer;
    this.nanoTime = nanoTime;
  }

  /**
   * Connects, unless it is connected.
   *
   * @param generation a connection that was made in another one is not used any more
   * @param deadlineNanos when it must be done, by {@link System#nanoTime}
   * @throws JedisException when it cannot
   */
  void connect(int generation, long deadlineNanos) {
    if (link != null) {
      leaveIfStale(link, generation, deadlineNanos);
    }
    if (link == null) {
      link = dialer.dial(deadlineNanos);
      isBroken = false;
      this.generation = generation;
      usedAtNanos = nanoTime.getAsLong();
    }
  }

  private void leaveIfStale(Link link, int generation, long deadlineNanos) {
    long idleNanos = nanoTime.getAsLong() - usedAtNanos;
    if (this.generation != generation
        || link.isLeft()
        || dialer.isReplaced(link.server())
        || idleNanos > MAX_UNASKED_NANOS && !dialer.isStill(link.server(), deadlineNanos)) {
      disconnect();
    } else if (idleNanos > MAX_IDLE_NANOS) {
      ping(link, deadlineNanos);
    }
  }

  private void ping(Link idle, long deadlineNanos) {
    boolean isAlive = false;
    try {
      idle.beginExchange(deadlineNanos);
      idle.sendCommand(Command.PING);
      isAlive = idle.getOne() instanceof byte[];
    } catch (JedisException dropped) {
      isAlive = false;
    } finally {
      if (!isAlive) {
        disconnect();
      }
    }
  }

  boolean isConnected() {
    return link != null;
  }

  void disconnect() {
    if (link != null) {
      link.close();
      link = null;
    }
  }

  /**
   * Sends a batch as one pipeline, one script call for each account, and completes every operation
   * in it. Must be connected. The connection is used again only if all answers were read and
   * understood: those that are left would be taken for answers to the next batch.
   *
   * @param deadlineNanos when it must be done, by {@link System#nanoTime}
   * @return false when the server was silent until the deadline
   */
  boolean exchange(List<Ask> batch, long deadlineNanos) {
    if (batch.isEmpty() || link == null) {
      return true;
    }
    boolean isSilent = false;
    boolean isDone = false;
    Exception cause = new IllegalStateException("whoever led the exchange failed");
    try {
      link.beginExchange(deadlineNanos);
      usedAtNanos = nanoTime.getAsLong();
      exchange(link, groups(batch), deadlineNanos);
      isDone = true;
    } catch (JedisException e) {
      isSilent = e.getCause() instanceof SocketTimeoutException;
      cause = e;
    } finally {
      if (!isDone || isBroken) {
        disconnect();
      }
      completeRest(batch, cause);
    }
    return !isSilent;
  }

  private static void completeRest(List<Ask> batch, Exception cause) {
    for (Ask ask : batch) {
      if (ask.reply() == null) {
        ask.complete(new Reply.Unknown("the connection broke", cause));
      }
    }
  }

  private record Group(Names names, boolean isRedirected) {}

  /** In the order of arrival; the operations of one account together. */
  private static List<List<Ask>> groups(Collection<Ask> batch) {
    Map<Group, List<Ask>> groups = new LinkedHashMap<>();
    for (Ask ask : batch) {
      groups
          .computeIfAbsent(new Group(ask.names(), ask.isRedirected()), names -> new ArrayList<>(1))
          .add(ask);
    }
    return List.copyOf(groups.values());
  }

  /**
   * Where the server does not know a script, the first call brings its text. So every round gets
   * further, however often somebody makes the server forget it.
   */
  private void exchange(Link link, List<List<Ask>> groups, long deadlineNanos) {
    boolean isAwaited = groups.stream().anyMatch(Wire::mustOutlive) && areReplicasAwaited(link);
    Set<Script> missing = new LinkedHashSet<>();
    List<List<Ask>> left = groups;
    while (!left.isEmpty()) {
      for (List<Ask> group : left) {
        send(link, group, missing.remove(group.get(0).script()));
        if (isAwaited && mustOutlive(group)) {
          link.sendCommand(Command.WAIT, "1", Long.toString(millisForReplicas(deadlineNanos)));
        }
      }
      List<List<Ask>> scriptless = new ArrayList<>();
      for (List<Ask> group : left) {
        if (!receive(link, group, isAwaited)) {
          scriptless.add(group);
          missing.add(group.get(0).script());
        }
      }
      left = scriptless;
    }
  }

  /**
   * Whether to wait for replicas. A server that hears of none would answer only when it looks at
   * its timers, ten times a second, and nothing else meanwhile.
   */
  private static boolean areReplicasAwaited(Link link) {
    if (link.replicas().areToBeLookedFor()) {
      link.lookForReplicas();
    }
    return link.replicas().areAwaited();
  }

  /** At least 1: for ever is 0. */
  private static long millisForReplicas(long deadlineNanos) {
    return Math.max(1, (deadlineNanos - System.nanoTime()) / PART_FOR_REPLICAS / 1_000_000);
  }

  private static boolean mustOutlive(List<Ask> group) {
    return group.stream().anyMatch(Ask::mustOutlive);
  }

  private static void send(Link link, List<Ask> group, boolean withText) {
    if (group.get(0).isRedirected()) {
      link.sendCommand(Command.ASKING);
    }
    link.sendCommand(
        withText ? Command.EVAL : Command.EVALSHA,
        group.get(0).script().arguments(group, withText));
  }

  /** Completes a group's operations. False when the server did not know the script. */
  private boolean receive(Link link, List<Ask> group, boolean isAwaited) {
    if (group.get(0).isRedirected()) {
      answer(link);
    }
    Object answer = answer(link);
    boolean outlives =
        !mustOutlive(group) || (isAwaited ? isKept(link) : link.replicas().areGone());
    if (answer instanceof JedisDataException error) {
      if (Refusal.isWithoutScript(error)) {
        return false;
      }
      isBroken |= Refusal.of(error).endsConnection();
      Reply reply = Refusal.reply(error, link.server());
      group.forEach(ask -> ask.complete(reply));
      return true;
    }
    List<?> answers =
        answer instanceof List<?> list && list.size() == group.size() ? list : List.of();
    for (int i = 0; i < group.size(); i++) {
      boolean isUnderstood = i < answers.size() && answers.get(i) instanceof List<?>;
      isBroken |= !isUnderstood;
      group
          .get(i)
          .complete(
              isUnderstood
                  ? new Reply.Answer((List<?>) answers.get(i), outlives, link.server())
                  : strange(answer));
    }
    return true;
  }

  /** A user without the right to wait cannot know of replicas. */
  private static boolean isKept(Link link) {
    return !(answer(link) instanceof Long count) || link.replicas().keep(count);
  }

  private static Reply strange(@Nullable Object answer) {
    String what =
        answer instanceof List<?> list ? "a list of " + list.size() : "no list for each operation";
    return new Reply.Unknown("the answer is not understood", new IllegalStateException(what));
  }

  private static @Nullable Object answer(Link link) {
    try {
      return link.getOne();
    } catch (JedisDataException error) {
      return error;
    }
  }
}
