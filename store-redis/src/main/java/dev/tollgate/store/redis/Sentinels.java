package dev.tollgate.store.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Asks Sentinels for the master: for every new connection, the way that Sentinel's guidelines for
 * clients prescribe, and once a second beside the operations, for a master that was cut off goes on
 * as one until it is told. They hear of a failover one after the other, so an answer counts only if
 * no Sentinel has answered with a higher epoch. While none of them answers, what they said last
 * counts. Thread-safe; a thread that asks ends with the answers.
 */
final class Sentinels implements Dialer.Target {

  /** What their user must be allowed, as rules of their ACL. */
  static final String RIGHTS = "-@all +ping +sentinel|master +sentinel|get-master-addr-by-name";

  private static final long SURVEY_INTERVAL_NANOS = 1_000_000_000L;
  private static final long SURVEY_NANOS = 1_000_000_000L;

  /**
   * What a Sentinel says.
   *
   * @param epoch which failover it has heard of last
   */
  private record Naming(HostAndPort master, long epoch) {

    static final Naming NONE = new Naming(new HostAndPort("", 0), -1);

    boolean isKnown() {
      return epoch >= 0;
    }

    boolean isAsLateAs(Naming other) {
      return epoch >= other.epoch;
    }
  }

  private final RedisAddress address;
  private final AtomicLong surveyDueNanos =
      new AtomicLong(System.nanoTime() + SURVEY_INTERVAL_NANOS);
  private volatile Naming known = Naming.NONE;

  /** Whether most of them answered the last time that so many were asked. */
  private volatile boolean areHeard = true;

  /** Those that answered last come first: those that are dead cost time once. */
  private volatile List<HostAndPort> sentinels;

  Sentinels(RedisAddress address) {
    this.address = address;
    sentinels = address.nodes();
  }

  /** {@inheritDoc} While most of them are known to be silent, nobody waits for them. */
  @Override
  public HostAndPort find(long deadlineNanos) {
    surveyIfDue();
    Naming before = known;
    if (before.isKnown() && !areHeard) {
      return before.master();
    }
    try {
      ask(answers -> before.isKnown() && latest(answers).isAsLateAs(before), deadlineNanos);
    } catch (JedisConnectionException nobodyAnswers) {
      if (!before.isKnown()) {
        throw nobodyAnswers;
      }
    }
    return known.master();
  }

  @Override
  public boolean isReplaced(HostAndPort server) {
    surveyIfDue();
    return !known.master().equals(server);
  }

  @Override
  public boolean isConfirmed(HostAndPort server, long deadlineNanos) {
    surveyIfDue();
    return areHeard && hear(this::areMost, deadlineNanos) && known.master().equals(server);
  }

  private void surveyIfDue() {
    long due = surveyDueNanos.get();
    long now = System.nanoTime();
    if (now - due >= 0 && surveyDueNanos.compareAndSet(due, now + SURVEY_INTERVAL_NANOS)) {
      Thread thread = new Thread(this::survey, "tollgate-sentinels");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void survey() {
    hear(answers -> false, System.nanoTime() + SURVEY_NANOS);
  }

  /** Whether most of them can be heard: until they are asked the next time, that is known. */
  private boolean hear(Predicate<List<Naming>> areEnough, long deadlineNanos) {
    boolean areMost = false;
    try {
      areMost = areMost(ask(areEnough, deadlineNanos));
    } catch (JedisException nobodyAnswers) {
      // what was known has to do
    }
    areHeard = areMost;
    return areMost;
  }

  /** Asks one after the other, and learns from what they say. */
  private List<Naming> ask(Predicate<List<Naming>> areEnough, long deadlineNanos) {
    Naming before = known;
    List<Naming> answers =
        Dialer.answers(sentinels, address.sentinelLogin(), deadlineNanos, this::naming, areEnough);
    learn(before, answers);
    return answers;
  }

  /** When most know less than was known, they have been set up anew. */
  private synchronized void learn(Naming before, List<Naming> answers) {
    Naming latest = latest(answers);
    if (latest.isAsLateAs(known) || (known.equals(before) && areMost(answers))) {
      known = latest;
    }
  }

  private static Naming latest(List<Naming> answers) {
    return answers.stream().max(Comparator.comparingLong(Naming::epoch)).orElse(Naming.NONE);
  }

  private boolean areMost(List<Naming> answers) {
    return 2 * answers.size() > address.nodes().size();
  }

  /** In this order: a failover between the two answers then does no harm. */
  private Naming naming(Link sentinel) {
    sentinel.sendCommand(Protocol.Command.SENTINEL, "MASTER", address.master());
    sentinel.sendCommand(Protocol.Command.SENTINEL, "GET-MASTER-ADDR-BY-NAME", address.master());
    long epoch = epoch(sentinel);
    if (sentinel.getOne() instanceof List<?> found
        && found.size() == 2
        && text(found.get(1)).matches("[0-9]{1,5}")) {
      prefer(sentinel.server());
      return new Naming(
          new HostAndPort(text(found.get(0)), Integer.parseInt(text(found.get(1)))), epoch);
    }
    throw unknown(sentinel);
  }

  /** Fields and values take turns. */
  private long epoch(Link sentinel) {
    try {
      if (sentinel.getOne() instanceof List<?> fields) {
        for (int i = 0; i + 1 < fields.size(); i += 2) {
          String value = text(fields.get(i + 1));
          if (text(fields.get(i)).equals("config-epoch") && value.matches("[0-9]{1,18}")) {
            return Long.parseLong(value);
          }
        }
      }
    } catch (JedisDataException refused) {
      if (!String.valueOf(refused.getMessage()).contains("No such master")) {
        throw refused;
      }
    }
    throw unknown(sentinel);
  }

  private JedisException unknown(Link sentinel) {
    return new JedisConnectionException(
        "the Sentinel at " + sentinel.server() + " knows no master '" + address.master() + "'");
  }

  private synchronized void prefer(HostAndPort sentinel) {
    if (!sentinels.get(0).equals(sentinel)) {
      List<HostAndPort> others = new ArrayList<>(sentinels);
      others.remove(sentinel);
      others.add(0, sentinel);
      sentinels = List.copyOf(others);
    }
  }

  private static String text(Object text) {
    return text instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : "";
  }
}
