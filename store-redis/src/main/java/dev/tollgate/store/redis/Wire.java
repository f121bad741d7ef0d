package dev.tollgate.store.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * One connection, made when it is first needed and again after it broke. Not thread-safe: used by
 * the caller that took it from its {@link Line}.
 */
final class Wire {

  private static final long MAX_IDLE_NANOS = 10_000_000_000L;
  private static final Pattern READ_ONLY = Pattern.compile("\\bREADONLY\\b");

  private final Dialer dialer;
  private final LongSupplier nanoTime;
  private @Nullable Connection connection;
  private boolean isBroken;
  private long usedAtNanos;

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
   * @param nanos how long to wait for the network
   * @throws JedisException when it cannot
   */
  void connect(long nanos) {
    if (connection != null && nanoTime.getAsLong() - usedAtNanos > MAX_IDLE_NANOS) {
      ping(connection, nanos);
    }
    if (connection == null) {
      connection = dialer.dial(nanos);
      isBroken = false;
      usedAtNanos = nanoTime.getAsLong();
    }
  }

  /** Servers and firewalls drop what is idle: an operation sent there would be lost. */
  private void ping(Connection idle, long nanos) {
    try {
      idle.setSoTimeout(Dialer.millis(nanos));
      idle.ping();
    } catch (JedisException dropped) {
      disconnect();
    }
  }

  void disconnect() {
    if (connection != null) {
      try {
        connection.close();
      } catch (JedisConnectionException alreadyBroken) {
        // closing was all we wanted
      }
      connection = null;
    }
  }

  /**
   * Sends a batch as one pipeline, one script call for each account, and completes every operation
   * in it. Must be connected.
   *
   * @param nanos how long to wait for the network
   */
  void exchange(List<Ask> batch, long nanos) {
    if (batch.isEmpty() || connection == null) {
      return;
    }
    try {
      connection.setSoTimeout(Dialer.millis(nanos));
      usedAtNanos = nanoTime.getAsLong();
      List<List<Ask>> groups = groups(batch);
      List<List<Ask>> scriptless = complete(groups, call(connection, groups));
      if (!scriptless.isEmpty()) {
        load(connection, scriptless);
        complete(scriptless, call(connection, scriptless));
      }
      completeRest(
          batch, new Reply.NotDone("the script was lost", new IllegalStateException("NOSCRIPT")));
    } catch (JedisException e) {
      isBroken = true;
      completeRest(batch, new Reply.Unknown("the connection broke", e));
    }
    if (isBroken) {
      disconnect();
    }
  }

  /** In the order of arrival; the operations of one account together. */
  private static List<List<Ask>> groups(Collection<Ask> batch) {
    Map<Names, List<Ask>> groups = new LinkedHashMap<>();
    for (Ask ask : batch) {
      groups.computeIfAbsent(ask.names(), names -> new ArrayList<>(1)).add(ask);
    }
    return List.copyOf(groups.values());
  }

  private static void load(Connection connection, List<List<Ask>> groups) {
    groups.stream()
        .map(group -> group.get(0).script())
        .distinct()
        .forEach(
            script -> {
              connection.sendCommand(Protocol.Command.SCRIPT, "LOAD", script.text());
              connection.getOne();
            });
  }

  private static List<Object> call(Connection connection, List<List<Ask>> groups) {
    for (List<Ask> group : groups) {
      connection.sendCommand(Protocol.Command.EVALSHA, group.get(0).script().arguments(group));
    }
    return connection.getMany(groups.size());
  }

  /** Returns the groups whose call did not find the script. */
  private List<List<Ask>> complete(List<List<Ask>> groups, List<Object> replies) {
    List<List<Ask>> scriptless = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      List<Ask> group = groups.get(i);
      if (replies.get(i) instanceof JedisNoScriptException) {
        scriptless.add(group);
      } else if (replies.get(i) instanceof List<?> answers && answers.size() == group.size()) {
        for (int j = 0; j < group.size(); j++) {
          group.get(j).complete(new Reply.Answer((List<?>) answers.get(j)));
        }
      } else {
        completeRest(group, failure(replies.get(i)));
      }
    }
    return scriptless;
  }

  private static void completeRest(List<Ask> asks, Reply reply) {
    for (Ask ask : asks) {
      if (ask.reply() == null) {
        ask.complete(reply);
      }
    }
  }

  /** A script writes only after its last check, so one that failed has changed nothing. */
  private Reply failure(Object reply) {
    if (reply instanceof JedisRedirectionException moved) {
      return new Reply.Elsewhere(moved);
    }
    if (!(reply instanceof JedisDataException refusal)) {
      return new Reply.Unknown(
          "the answer is not understood", new IllegalStateException(String.valueOf(reply)));
    }
    String why = String.valueOf(refusal.getMessage());
    if (READ_ONLY.matcher(why).find()) {
      // it was a master when this connection was made
      isBroken = true;
      return new Reply.Elsewhere(refusal);
    }
    return new Reply.NotDone("the server refused", refusal);
  }
}
