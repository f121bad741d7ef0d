package dev.tollgate.store.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Makes connections to one server. Thread-safe. */
final class Dialer {

  private final Login login;
  private final Target target;
  private final Lineage lineage;

  /** Which server to connect to: found out anew for each connection, for it may change. */
  @FunctionalInterface
  interface Target {
    /**
     * @param deadlineNanos when it must be found out, by {@link System#nanoTime}
     * @throws JedisException when it cannot be found out
     */
    HostAndPort find(long deadlineNanos);

    /**
     * Whether another server is known to have taken a server's place. Asks nobody and returns at
     * once.
     */
    default boolean isReplaced(HostAndPort server) {
      return false;
    }

    /**
     * Whether those who would name a server's successor can be heard, and name the server.
     *
     * @param deadlineNanos when that must be found out, by {@link System#nanoTime}
     */
    default boolean isConfirmed(HostAndPort server, long deadlineNanos) {
      return true;
    }
  }

  /**
   * @param lineage is told of each connection
   */
  Dialer(Login login, Target target, Lineage lineage) {
    this.login = login;
    this.target = target;
    this.lineage = lineage;
  }

  /**
   * A new connection, logged in.
   *
   * @param deadlineNanos when it must be there, by {@link System#nanoTime}
   * @throws JedisException when there is none to be had
   */
  Link dial(long deadlineNanos) {
    Link link = Link.to(target.find(deadlineNanos), login, deadlineNanos);
    boolean isReady = false;
    try {
      link.introduce(lineage);
      isReady = true;
      return link;
    } finally {
      if (!isReady) {
        link.close();
      }
    }
  }

  /**
   * Whether a server is still the one to connect to, as far as that can be found out in half of the
   * time that is left.
   */
  boolean isStill(HostAndPort server, long deadlineNanos) {
    long now = System.nanoTime();
    try {
      return target.find(now + (deadlineNanos - now) / 2).equals(server);
    } catch (JedisException nobodyKnows) {
      return true;
    }
  }

  /** Whether another server is known to have taken a server's place. Returns at once. */
  boolean isReplaced(HostAndPort server) {
    return target.isReplaced(server);
  }

  /**
   * The first answer that one of {@code nodes} gives; otherwise as {@link #answers}.
   *
   * @throws JedisException when none of them answers
   */
  static <T> T first(
      List<HostAndPort> nodes, Login login, long deadlineNanos, Function<Link, T> question) {
    return answers(nodes, login, deadlineNanos, question, answers -> true).get(0);
  }

  /**
   * The answers that {@code nodes} give, one after the other, until they are enough. Those that are
   * left share the time that is left, so that one that is silent does not use up all of it; and a
   * share is left for what comes after.
   *
   * @param deadlineNanos when that must be done, by {@link System#nanoTime}
   * @throws JedisException when none of them answers
   */
  static <T> List<T> answers(
      List<HostAndPort> nodes,
      Login login,
      long deadlineNanos,
      Function<Link, T> question,
      Predicate<List<T>> areEnough) {
    List<T> answers = new ArrayList<>();
    List<JedisException> failures = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      long now = System.nanoTime();
      long share = (deadlineNanos - now) / (nodes.size() - i + 1);
      try (Link link = Link.to(nodes.get(i), login, now + share)) {
        answers.add(question.apply(link));
        if (areEnough.test(answers)) {
          return answers;
        }
      } catch (JedisConnectionException | JedisDataException e) {
        failures.add(e);
      }
    }
    if (answers.isEmpty()) {
      throw none(nodes, failures);
    }
    return answers;
  }

  /** A server that refuses knows more than one that is silent. */
  private static JedisException none(List<HostAndPort> nodes, List<JedisException> failures) {
    for (JedisException failure : failures) {
      if (failure instanceof JedisDataException) {
        return failure;
      }
    }
    JedisException none =
        new JedisConnectionException(
            "none of "
                + nodes
                + " answers; the last: "
                + failures.get(failures.size() - 1).getMessage());
    failures.forEach(none::addSuppressed);
    return none;
  }
}
